package files

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/connector"
)

// maxName is how many bytes of a file name a name may take. File systems allow 255; the extension, and the dot and the digits of a
// temporary file, need their share.
const maxName = 200

// forbidden are the characters that some operating system does not take in a file name, and the one that begins an escape.
const forbidden = `/\:*?"<>|%`

// reserved are the names that Windows keeps for devices, whatever follows the first dot.
var reserved = map[string]bool{
	"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true,
}

// collectionPath gives the file of a collection inside the folder.
func collectionPath(c connector.Collection) (string, error) {
	dir, err := kindFolder(c.Kind)
	if err != nil {
		return "", fmt.Errorf("finding %s: files has no such kind of collection", c)
	}
	return filePath(dir, c.Name, ".csv")
}

// filePath gives the file for a name: dir is a folder inside the folder, or "".
func filePath(dir, name, extension string) (string, error) {
	encoded, err := encodeName(name)
	if err != nil {
		return "", fmt.Errorf("naming a file after %.60q: %w", name, err)
	}
	return path.Join(dir, encoded+extension), nil
}

// encodeName gives a file name, without extension, that every operating system takes and from which [decodeName] gives the name
// back. Most names are their own file names; what is not safe is percent-encoded, byte by byte: `Q3: renewals` is `Q3%3A renewals`.
func encodeName(name string) (string, error) {
	if name == "" {
		return "", errors.New("the name is empty")
	}
	var b strings.Builder
	for at := 0; at < len(name); {
		r, width := utf8.DecodeRuneInString(name[at:])
		if mustEscape(name, at, r, width) {
			for _, c := range []byte(name[at : at+width]) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		} else {
			b.WriteString(name[at : at+width])
		}
		at += width
	}
	if b.Len() > maxName {
		return "", fmt.Errorf("the name is too long for a file: %d bytes, where %d is the most", b.Len(), maxName)
	}
	return b.String(), nil
}

// mustEscape reports whether the character r at name[at:] can't stand for itself.
func mustEscape(name string, at int, r rune, width int) bool {
	first, last := at == 0, at+width == len(name)
	switch {
	case r == utf8.RuneError && width == 1, unicode.IsControl(r), strings.ContainsRune(forbidden, r):
		return true
	case r == '.':
		return first || last
	case r == ' ':
		return last
	}
	return first && isReserved(name)
}

func isReserved(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	if reserved[stem] {
		return true
	}
	port, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		port, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && utf8.RuneCountInString(port) == 1 && strings.Contains("0123456789¹²³", port)
}

// decodeName gives the name that [encodeName] turned into a file name; ok is false if no name has this file name.
func decodeName(encoded string) (name string, ok bool) {
	name, err := url.PathUnescape(encoded)
	if err != nil {
		return "", false
	}
	again, err := encodeName(name)
	return name, err == nil && again == encoded
}
