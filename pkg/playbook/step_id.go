package playbook

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
)

// giveIDs gives every step of a play an id that is its own. What is done outside goes by verb, target and name, and two alike must have
// written ids, since members that stand on a step and what was done is remembered by them; waits and flow steps that are alike are
// numbered in the order of the file.
func (r *reader) giveIDs(p *Play) {
	taken := map[string]*Step{}
	all := p.AllSteps()
	for _, s := range all {
		if s.ID == "" {
			s.ID, s.Made = s.standardID(), true
			if !s.Verb.Outward() {
				continue
			}
		}
		r.claimID(p, s, taken)
	}
	for _, s := range all {
		if s.Made && !s.Verb.Outward() {
			s.ID = freeID(s.ID, s.anonymous(), taken)
			taken[s.ID] = s
		}
		for _, x := range s.Escalate {
			if x.Send.ID != "" {
				r.claimID(p, x.Send, taken)
				continue
			}
			x.Send.ID, x.Send.Made = freeID(idOf(s.ID+" after "+x.After.Text), false, taken), true
			taken[x.Send.ID] = x.Send
		}
	}
}

// claimID reports an id that another step has. A step whose target could not be read has none to speak of.
func (r *reader) claimID(p *Play, s *Step, taken map[string]*Step) {
	other, ok := taken[s.ID]
	if !ok {
		taken[s.ID] = s
		return
	}
	if s.Made && s.Connector == "" {
		return
	}
	d := problem(s.At, "give one of them an id: of its own", "two steps of play %s have the id %q", p.Name, s.ID)
	d.Related = []diag.Related{{At: other.At.Pos(), Message: "the first one"}}
	r.problems.Add(d)
}

// freeID gives an id that no step has yet: the base itself unless all that begin so are numbered, else with the first free number.
func freeID(base string, numbered bool, taken map[string]*Step) string {
	if taken[base] == nil && !numbered {
		return base
	}
	first := 2
	if numbered {
		first = 1
	}
	for n := first; ; n++ {
		number := "_" + strconv.Itoa(n)
		id := strings.TrimRight(base[:min(len(base), maxID-len(number))], "_") + number
		if taken[id] == nil {
			return id
		}
	}
}

// anonymous reports whether nothing but its number tells a step from others of its verb.
func (s *Step) anonymous() bool {
	switch s.Verb {
	case WaitUntil, WaitFor, Choose, Split, Each:
		return true
	}
	return false
}

// standardID makes an id from what a step is about, so that it does not change when steps are moved: verb, target and the literal part of
// the name; a wait's span, the play to enroll in, the reason to leave.
func (s *Step) standardID() string {
	if !s.Verb.Outward() {
		return idOf(strings.Join([]string{s.Verb.String(), s.Wait.Text, s.Play, s.Reason}, " "))
	}
	text := s.Verb.String() + " " + s.Connector + " " + s.Object
	name := s.Name
	for _, a := range s.Fields {
		if s.Verb == Send && a.Name == "name" {
			name = a.Value.Template
		}
	}
	if name != nil {
		for _, part := range name.Parts {
			text += " " + part.Literal
		}
	}
	return idOf(text)
}

// maxID is how many characters an id has at most.
const maxID = 63

var notInID = regexp.MustCompile(`[^a-z0-9]+`)

// idOf makes an id out of any text.
func idOf(text string) string {
	id := strings.Trim(notInID.ReplaceAllString(strings.ToLower(text), "_"), "_")
	if len(id) > maxID {
		id = strings.TrimRight(id[:maxID], "_")
	}
	return id
}
