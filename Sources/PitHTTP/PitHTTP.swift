// PitHTTP
