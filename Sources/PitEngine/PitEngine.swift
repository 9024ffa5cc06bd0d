// PitEngine
