package sqlite

import "github.com/playctl/playctl/pkg/state"

// Driver is the default: the folder .playctl beside the playbook.
func Driver() state.Driver {
	return state.Driver{
		Name: "local", Title: "a file beside the playbook", Local: true,
		Open: func(o state.Options) (state.Store, error) { return Open(o.Dir, o.Environment, o.Now), nil },
	}
}
