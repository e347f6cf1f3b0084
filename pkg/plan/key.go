package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

// OperationKey names an operation so that the next plan gives the same one the same name. It holds nothing that could be read back. Of
// a membership more is the token of its id.
func OperationKey(verb connector.Verb, place connector.Place, r state.Record, more ...string) string {
	return hash(append([]string{verb.String(), place.String(), r.Entity, r.Key}, more...))
}

// digest is the salted hash of an operation's content.
func (b *builder) digest(parts ...string) string { return b.hasher.ValueHash(hash(parts)) }

// Digest gives a digest of everything that the plan does: of its operations with their content, and of who enters, moves and leaves. Two plans
// with the same one do the same. It begins with [state.OperationsDigest], so that a run's journal can be held against it.
func (p *Plan) Digest() string {
	d := sha256.New()
	line := func(parts ...string) { d.Write([]byte(hash(parts) + "\n")) }
	line(p.Playbook, p.Environment, p.Lineage, strconv.FormatInt(p.Serial, 10))
	for i := range p.Members {
		m := &p.Members[i]
		line(m.After.Key, m.change(), m.After.Step, string(m.After.Outcome))
	}
	operations := state.OperationsDigest(func(yield func(string, string) bool) {
		for i := range p.Operations {
			if o := &p.Operations[i]; !yield(o.Key, o.Digest) {
				return
			}
		}
	})
	return operations + hex.EncodeToString(d.Sum(nil))[:2*sha256.Size-len(operations)]
}

// payload gives fields as text with sorted keys.
func payload(fields map[string]any) string {
	text, err := json.Marshal(fields)
	if err != nil { // JSON has no NaN and no infinity; fmt sorts keys as well
		return fmt.Sprintf("%#v", fields)
	}
	return string(text)
}

func hash(parts []string) string {
	var room [512]byte
	text := room[:0]
	for _, p := range parts {
		text = append(append(strconv.AppendInt(text, int64(len(p)), 10), ':'), p...)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}
