package state

// UnwritableError says that a state can't be written: its folder is read-only, the disk is full. Nothing of the transaction that met it
// was kept, everything before it was. Hint is the remedy.
type UnwritableError struct {
	Where string
	Hint  string
	Err   error
}

// Error gives place and cause; the remedy is in Hint.
func (e *UnwritableError) Error() string { return "writing " + e.Where + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *UnwritableError) Unwrap() error { return e.Err }
