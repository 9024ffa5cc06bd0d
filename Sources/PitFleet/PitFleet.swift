// PitFleet
