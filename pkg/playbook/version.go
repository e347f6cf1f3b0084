package playbook

import (
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/document"
)

// LanguageVersion is the version of the language that this build reads, which `requires:` is held against.
const LanguageVersion = "0.1"

// requires checks a constraint of the form ">= 0.1".
func (r *reader) requires(n document.Node) {
	want, ok := strings.CutPrefix(strings.ReplaceAll(n.Text(), " ", ""), ">=")
	major, minor, valid := parseVersion(want)
	if !ok || !valid {
		r.fail(n, `write requires: ">= 0.1"`, "%q is not a version that playctl can require", n.Text())
		return
	}
	haveMajor, haveMinor, _ := parseVersion(LanguageVersion)
	if major > haveMajor || major == haveMajor && minor > haveMinor {
		r.fail(n, "install a newer playctl", "this playbook needs playctl %s or newer; this one reads version %s", want, LanguageVersion)
	}
}

func parseVersion(text string) (major, minor int, ok bool) {
	first, rest, _ := strings.Cut(text, ".")
	second, _, _ := strings.Cut(rest, ".")
	if second == "" {
		second = "0"
	}
	major, err1 := strconv.Atoi(first)
	minor, err2 := strconv.Atoi(second)
	return major, minor, err1 == nil && err2 == nil
}
