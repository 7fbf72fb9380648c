"""From arrays to a call record: nothing here is called from Python."""
