package playbook

import (
	"fmt"
	"regexp"

	"github.com/playctl/playctl/pkg/document"
)

var targetPattern = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_-]*)\.([A-Za-z][A-Za-z0-9_]*)$`)

// target reads what a verb is about: crm.list.
func (r *reader) target(s *Step, n document.Node) {
	s.TargetAt = n
	parts := targetPattern.FindStringSubmatch(n.Text())
	if n.Kind() == document.Scalar && parts != nil {
		s.Connector, s.Object = parts[1], parts[2]
		return
	}
	object := ""
	for _, v := range verbs {
		if v.verb == s.Verb {
			object = v.object
		}
	}
	r.fail(n, fmt.Sprintf("write %s: %s.%s", s.Verb, r.anyConnector(), object), "expected CONNECTOR.OBJECT, found %s", found(n))
}
