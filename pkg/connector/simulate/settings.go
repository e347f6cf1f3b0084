package simulate

import (
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// stands is the text of a setting that any text will do for.
const stands = "rehearsal"

// refreshSetting is the setting that holds a refresh token, where the vendor replaces it at every use.
const refreshSetting = "refresh_token"

// Addresses gives the settings that say where the system is, for a server at an address such as http://127.0.0.1:8080.
func (s *Server) Addresses(at string) map[string]string {
	out := map[string]string{}
	for _, x := range s.manifest.Settings {
		text, _ := x.Default.(string)
		if isAddress(x.Name) {
			out[x.Name] = at + pathOf(text)
		}
	}
	return out
}

// pathOf gives the path of an address.
func pathOf(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	at := strings.IndexByte(rest, '/')
	if !ok || at < 0 {
		return ""
	}
	return strings.TrimSuffix(rest[at:], "/")
}

// Secrets gives the settings that there must be, beside addresses: who asks and what is asked for. Each has the value that was given, or one that will do.
func (s *Server) Secrets() map[string]string {
	out := map[string]string{}
	for _, x := range s.manifest.Settings {
		if x.Required && !isAddress(x.Name) {
			out[x.Name] = standIn(x)
		}
		if value, given := s.options.Settings[x.Name]; given && x.Required {
			out[x.Name] = textOf(value)
		}
	}
	return out
}

// standIn gives a value of a setting's type.
func standIn(x manifest.Setting) string {
	switch x.Type {
	case mapping.Int:
		return "1"
	case mapping.Bool:
		return "true"
	}
	return stands
}

// Settings gives all that a playbook has to say, for a server at an address: where it is, what there must be, what was given, and what an operation is
// refused without.
func (s *Server) Settings(at string) map[string]string {
	out := s.Addresses(at)
	maps.Copy(out, s.Secrets())
	for _, x := range s.manifest.Settings {
		if _, has := out[x.Name]; !has && s.wanted[x.Name] {
			out[x.Name] = standIn(x)
		}
	}
	for name, value := range s.options.Settings {
		out[name] = textOf(value)
	}
	return out
}

// Rotates names the setting that the vendor replaces at every use, so that it has to be in a file; "" if there is none.
func (s *Server) Rotates() string {
	if t := s.manifest.Auth.Token; t == nil || t.Refresh == nil {
		return ""
	}
	for _, x := range s.manifest.Settings {
		if x.Name == refreshSetting {
			return x.Name
		}
	}
	return ""
}

// Setting reads the text of a setting as its type has it.
func Setting(m *manifest.Manifest, name, text string) (value any, err error) {
	for _, x := range m.Settings {
		switch {
		case x.Name != name:
			continue
		case x.Type == mapping.Int:
			value, err = strconv.ParseInt(text, 10, 64)
		case x.Type == mapping.Bool:
			value, err = strconv.ParseBool(text)
		default:
			return text, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s is %s, and %q is none", name, map[mapping.Type]string{mapping.Int: "a whole number", mapping.Bool: "true or false"}[x.Type], text)
		}
		return value, nil
	}
	return nil, fmt.Errorf("%q is no setting of %s", name, m.Name)
}

// Unnamed names the kinds of collections and objects that a vendor is asked for without a name: it lists them all, and whoever asks picks. A system
// that is lenient can't know which are wanted, so that there are only those that were put in or made.
func (s *Server) Unnamed() []string {
	var out []string
	for _, op := range s.operations {
		word := map[verb]string{findsCollection: "name", findsRecords: "values"}[op.does]
		if word != "" && !regexp.MustCompile(`\b`+word+`\b`).MatchString(source(op.call)) {
			out = append(out, op.kind)
		}
	}
	return out
}
