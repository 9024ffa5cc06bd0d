// PitConsole
