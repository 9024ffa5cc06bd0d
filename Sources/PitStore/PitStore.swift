// PitStore
