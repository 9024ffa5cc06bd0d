// themes
