package seal

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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
	if err := checkNames(settings); err != nil {
		return nil, err
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

// Check says what is wrong with a setting `encrypt:`, as far as that can be known without secrets, which are left out of the value. It is the
// Check of drivers that have the setting, and has nothing against any other.
func Check(name string, value any) error {
	if name != "encrypt" {
		return nil
	}
	settings, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	if err := checkNames(settings); err != nil {
		return err
	}
	recipients, err := texts(settings["recipients"])
	if err != nil {
		return err
	}
	for i, text := range recipients {
		if _, err := parseRecipient(strings.TrimSpace(text)); err != nil {
			return fmt.Errorf("encrypt: recipient %d: %w", i+1, err)
		}
	}
	return nil
}

func checkNames(settings map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if name != "recipients" && name != "identity" {
			return fmt.Errorf("encrypt: unknown setting %q: there are recipients and identity", name)
		}
	}
	return nil
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
