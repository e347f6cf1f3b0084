package all

import (
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/folder"
	"github.com/playctl/playctl/pkg/state/seal"
	"github.com/playctl/playctl/pkg/state/sqlite"
)

// local is the default place: a database beside the playbook, or, with encrypt:, a folder of encrypted files in its place.
func local() state.Driver {
	d := sqlite.Driver()
	plain := d.Open
	d.Settings = append(d.Settings, state.Setting{Name: "encrypt", Help: "{recipients: [age1…], identity: …}: the state is kept in files that are encrypted with age"})
	d.Check = seal.Check
	d.Open = func(o state.Options) (state.Store, error) {
		if o.Settings["encrypt"] == nil {
			return plain(o)
		}
		sealer, err := seal.FromSettings(o.Settings["encrypt"])
		if err != nil {
			return nil, err
		}
		store, err := folder.Open(o.Dir, o.Environment, sealer, o.Now)
		if err != nil {
			return nil, err
		}
		return store, nil
	}
	return d
}
