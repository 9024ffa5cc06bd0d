// PitParse
