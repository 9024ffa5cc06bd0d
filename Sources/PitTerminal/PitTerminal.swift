// PitTerminal
