// PitConfig
