// PitConnect
