package seal

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// FromSettings gives the sealer of a setting `encrypt: {recipients: […], identity: …}`, nil where there is none. A single recipient may stand
// without brackets.
func FromSettings(value any) (*Sealer, error) {
	if value == nil {
		return nil, nil
	}
	settings, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("encrypt: expected {recipients: [age1…], identity: …}")
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if name != "recipients" && name != "identity" {
			return nil, fmt.Errorf("encrypt: unknown setting %q: there are recipients and identity", name)
		}
	}
	recipients, err := texts(settings["recipients"])
	if err != nil {
		return nil, err
	}
	identity, ok := settings["identity"].(string)
	if !ok && settings["identity"] != nil {
		return nil, errors.New("encrypt: identity: expected text, as ${env.NAME} or {file: PATH}")
	}
	return New(recipients, identity)
}

// texts reads a list of texts, or a single one.
func texts(value any) ([]string, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case string:
		return []string{v}, nil
	case []string:
		return v, nil
	case []any:
		var out []string
		for i, item := range v {
			text, ok := item.(string)
			if !ok {
				return nil, fmt.Errorf("encrypt: recipient %d: expected text", i+1)
			}
			out = append(out, text)
		}
		return out, nil
	}
	return nil, errors.New("encrypt: recipients: expected a list of public keys")
}
