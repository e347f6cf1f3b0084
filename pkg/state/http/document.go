package http

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/blob"
)

// form is the version of the document. A newer one is refused.
const form = 1

// terraforms is the version of Terraform's state whose fields the document has for servers that look at them.
const terraforms = 4

// document is what is posted.
type document struct {
	Version   int        `json:"version"`
	Serial    int64      `json:"serial"` // counts the documents: GitLab refuses one that it has seen
	Lineage   string     `json:"lineage"`
	Resources []struct{} `json:"resources"` // none: whoever takes it for Terraform's finds nothing there
	Playctl   *content   `json:"playctl"`
}

// content is what of it is ours.
type content struct {
	Form  int    `json:"form"`
	Fence string `json:"fence"` // token of the session that posted it
	State []byte `json:"state"` // as [blob.Box] packs it
}

// same reports whether two documents are one.
func (d *document) same(other *document) bool {
	return d != nil && other != nil && d.Serial == other.Serial && d.Playctl.Fence == other.Playctl.Fence && bytes.Equal(d.Playctl.State, other.Playctl.State)
}

// encode makes a document of a state.
func (s *Store) encode(w *state.Whole, serial int64, fence string) (*document, []byte, error) {
	body, err := state.Encode(w)
	if err != nil {
		return nil, nil, err
	}
	packed, err := s.box.Pack(blob.StateKind, body)
	if err != nil {
		return nil, nil, err
	}
	d := &document{Version: terraforms, Serial: serial, Lineage: w.Meta.Lineage, Resources: []struct{}{}, Playctl: &content{form, fence, packed}}
	data, err := json.Marshal(d)
	if err != nil {
		return nil, nil, fmt.Errorf("encoding the state: %w", err)
	}
	return d, data, nil
}

// parse reads what a document says of itself. Its errors are each a *[blob.Flaw].
func parse(data []byte) (*document, error) {
	var d document
	err := json.Unmarshal(data, &d)
	var syntax *json.SyntaxError
	switch {
	case len(data) == 0:
		return nil, &blob.Flaw{What: "is empty (0 bytes)"}
	case errors.As(err, &syntax) && bytes.HasPrefix(data, []byte(`{"version":`)):
		return nil, &blob.Flaw{What: fmt.Sprintf("is cut short or damaged: %d bytes", len(data))}
	case err != nil:
		return nil, &blob.Flaw{What: "is no state of playctl"}
	case d.Playctl == nil && d.Version != 0:
		return nil, &blob.Flaw{What: "is a state of Terraform, and none of playctl", Hint: "give playctl an address of its own: state: address:"}
	case d.Playctl == nil:
		return nil, &blob.Flaw{What: "is no state of playctl"}
	case d.Playctl.Form > form:
		return nil, &blob.Flaw{What: fmt.Sprintf("was written by a newer playctl: it has form %d, and this one reads up to form %d", d.Playctl.Form, form), Hint: "install the newer playctl"}
	}
	return &d, nil
}

// decode reads the state in a document, and checks it. Its errors are each a *[blob.Flaw].
func (s *Store) decode(d *document) (*state.Whole, error) {
	w, err := s.unpack(d.Playctl.State)
	if err == nil && w.Meta.Lineage != d.Lineage {
		err = &blob.Flaw{What: fmt.Sprintf("says that it is of lineage %s, and holds a state of %s", d.Lineage, w.Meta.Lineage)}
	}
	return w, err
}

func (s *Store) unpack(packed []byte) (*state.Whole, error) {
	body, err := s.box.Unpack(blob.StateKind, packed)
	if err != nil {
		return nil, err
	}
	w, err := state.Decode(body)
	if err != nil {
		return nil, &blob.Flaw{What: err.Error()}
	}
	return w, nil
}
