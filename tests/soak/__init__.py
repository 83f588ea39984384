"""Kill the embedded platform with SIGKILL under load, start it again, and ask the books what was lost or doubled."""
