package graph_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/graph"
	"github.com/playctl/playctl/pkg/playbook"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var writers = map[string]func(io.Writer, *graph.Graph) error{"mmd": graph.Mermaid, "dot": graph.DOT, "svg": graph.SVG}

func written(t *testing.T, format string, g *graph.Graph) string {
	t.Helper()
	var b bytes.Buffer
	if err := writers[format](&b, g); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func overview(t *testing.T, b *playbook.Book, names ...string) *graph.Graph {
	t.Helper()
	env, err := expr.NewEnv(b)
	if err != nil {
		t.Fatal(err)
	}
	return graph.Overview(b, env, names...)
}

// drawings are graphs by name, each with golden files of its own.
func drawings(t *testing.T) map[string]*graph.Graph {
	b := acme()
	out := map[string]*graph.Graph{"overview": overview(t, b), "some": overview(t, b, "mqa-outreach"), "empty": overview(t, &playbook.Book{}), "hostile": hostile(t)}
	for _, name := range b.PlayNames() {
		out["play-"+name] = graph.Play(b, name)
	}
	return out
}

func TestWriters_golden(t *testing.T) {
	for name, g := range drawings(t) {
		for format := range writers {
			got, path := written(t, format, g), filepath.Join("testdata", name+"."+format)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (run with -update if it is meant):\n%s", path, diff)
			}
		}
	}
}

// hostile is a playbook whose every text has a meaning for some format.
func hostile(t *testing.T) *graph.Graph {
	t.Helper()
	evil := "end \"]) --> x; <b>&amp;</b> | `*_~` #quot; \\N \\\" %%{init} 1. $$x$$ fa:fa-car 日本語 👋 \x00\u202e\xff " + strings.Repeat("long", 40)
	b := plain()
	b.Name = evil
	b.Segments = []*playbook.Segment{{Name: evil, Of: evil, Where: cel(evil)}}
	b.Groups = []*playbook.Group{{Name: evil, Of: evil, AtMost: 1}}
	b.Plays = []*playbook.Play{{Name: evil, Title: evil, Category: evil, Owner: evil, Named: evil, Of: evil, Group: evil, Trigger: playbook.Trigger{Kind: playbook.OnEvents, Expr: cel(evil)},
		Steps: []*playbook.Step{enroll(evil), enroll("end"), {Verb: playbook.Choose, Branches: []playbook.Branch{{Name: evil, Steps: []*playbook.Step{enroll("1) x")}}, {Name: "- x", Steps: []*playbook.Step{enroll("- y")}}}}}}}
	return overview(t, b)
}

func TestWriters_sameBytesTwice(t *testing.T) {
	first, second := drawings(t), drawings(t)
	for name, g := range first {
		for format := range writers {
			if written(t, format, g) != written(t, format, second[name]) {
				t.Errorf("%s as %s differs the second time", name, format)
			}
		}
	}
}

func TestSVG_isWellFormed(t *testing.T) {
	for name, g := range drawings(t) {
		d := xml.NewDecoder(strings.NewReader(written(t, "svg", g)))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %s", name, err)
			}
		}
	}
}

// links gives edges as a person would say them.
func links(g *graph.Graph, kinds ...graph.EdgeKind) []string {
	title := map[string]string{}
	for _, n := range g.Nodes {
		title[n.ID] = n.Title
	}
	var out []string
	for _, e := range g.Edges {
		if slices.Contains(kinds, e.Kind) {
			out = append(out, fmt.Sprintf("%s -> %s: %s", title[e.From], title[e.To], e.Label))
		}
	}
	slices.Sort(out)
	return out
}

func TestOverview_links(t *testing.T) {
	g := overview(t, acme())
	enrolled := []string{"closed-lost -> reengagement: step", "intent-and-engagement -> mqa-outreach: goal", `intent-and-engagement -> reengagement: exit "silent"`,
		`mqa-outreach -> reengagement: when steps.call.outcome == "not now" · exit "no meeting"`, "reengagement -> intent-and-engagement: goal", "site-survey -> site-survey: step"}
	if diff := cmp.Diff(enrolled, links(g, graph.Enroll)); diff != "" {
		t.Errorf("enrolments:\n%s", diff)
	}
	mutes := []string{"mqa-outreach -> intent-and-engagement: mutes ads", "save-at-risk -> intent-and-engagement: mutes ads · mutes map", "save-at-risk -> mqa-outreach: mutes map",
		"save-at-risk -> reengagement: mutes map", "save-at-risk -> site-survey: mutes map"}
	if diff := cmp.Diff(mutes, links(g, graph.Mute)); diff != "" {
		t.Errorf("mutes:\n%s", diff)
	}
	uses := []string{"big -> account.health == \"red\" && segment(\"big\"): ", "big -> fit: ", "big -> strategic: ", "closed-lost -> strategic: who is or was in it", "fit -> journey: ",
		"icp -> fit: ", "icp -> in-market: ", "icp -> journey: ", "icp -> segment(\"icp\") && account.health == \"quiet\": ", "journey -> stage(\"journey\") == \"mqa\": ",
		"key-accounts -> strategic: "}
	if diff := cmp.Diff(uses, links(g, graph.Uses)); diff != "" {
		t.Errorf("uses:\n%s", diff)
	}
}

func TestOverview_someHasOnlyDirectLinks(t *testing.T) {
	g := overview(t, acme(), "site-survey")
	var titles []string
	for _, n := range g.Nodes {
		titles = append(titles, n.Title)
	}
	slices.Sort(titles)
	if diff := cmp.Diff([]string{"big", "closed-lost", "key-accounts", "save-at-risk", "site-survey", "strategic"}, titles); diff != "" {
		t.Error(diff)
	}
}

func TestPlay_everyStepIsReached(t *testing.T) {
	b := acme()
	for _, name := range b.PlayNames() {
		g := graph.Play(b, name)
		reached := map[string]bool{g.Nodes[0].ID: true}
		for range g.Nodes {
			for _, e := range g.Edges {
				reached[e.To] = reached[e.To] || reached[e.From]
			}
		}
		for _, n := range g.Nodes {
			if !reached[n.ID] {
				t.Errorf("%s: nothing leads to %s %q", name, n.Caption, n.Title)
			}
		}
	}
}

func TestPlay_ways(t *testing.T) {
	got := links(graph.Play(acme(), "save-at-risk"), graph.Timeout)
	want := []string{"Executive sponsor calls -> timed out: 10d of silence", `account.health == "green" -> Executive sponsor calls: after 45d`, "person.replies -> timed out: after 5d"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if graph.Play(acme(), "nobody") != nil {
		t.Error("a play that is not there is drawn")
	}
}

func TestPlay_saysWhoAndByWhen(t *testing.T) {
	var call graph.Node
	for _, n := range graph.Play(acme(), "mqa-outreach").Nodes {
		if n.Kind == graph.Human {
			call = n
		}
	}
	want := graph.Node{ID: call.ID, Kind: graph.Human, Caption: "task crm.task · human · call", Title: "Call ${account.name}", Details: []string{"by owner (field-sales or inside-sales)",
		"due 2 business days · sla 24h", "outcomes: meeting booked, not now, wrong person", "still open after 2 business days: chat.message to sdr-manager"}}
	if diff := cmp.Diff(want, call); diff != "" {
		t.Error(diff)
	}
}

// boxes gives what the boxes of an SVG's nodes take up: left, top, width and height. The legend's are left out.
func boxes(t *testing.T, svg string) [][4]float64 {
	t.Helper()
	var out [][4]float64
	for line := range strings.Lines(svg) {
		if strings.Contains(line, `width="26" height="14"`) {
			continue
		}
		var b [4]float64
		var err error
		switch {
		case strings.HasPrefix(line, `<rect class="box`):
			_, err = fmt.Sscanf(line[strings.Index(line, ` x="`):], ` x="%g" y="%g" width="%g" height="%g"`, &b[0], &b[1], &b[2], &b[3])
		case strings.HasPrefix(line, `<path class="box`): // a hexagon, from its left corner
			var right, top, bottom, skip float64
			_, err = fmt.Sscanf(line[strings.Index(line, ` d="`):], ` d="M%g %gL%g %gL%g %gL%g %gL%g %gL`, &b[0], &skip, &skip, &top, &skip, &skip, &right, &skip, &skip, &bottom)
			b[1], b[2], b[3] = top, right-b[0], bottom-top
		default:
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

func TestSVG_noBoxLiesOnAnother(t *testing.T) {
	for name, g := range drawings(t) {
		all := boxes(t, written(t, "svg", g))
		if len(all) != len(g.Nodes) {
			t.Errorf("%s: got %d boxes of %d nodes", name, len(all), len(g.Nodes))
		}
		apart(t, name, all)
	}
}

// apart holds that no rectangle lies on another.
func apart(t *testing.T, name string, all [][4]float64) {
	t.Helper()
	for i, a := range all {
		for _, b := range all[:i] {
			if a[0] < b[0]+b[2] && b[0] < a[0]+a[2] && a[1] < b[1]+b[3] && b[1] < a[1]+a[3] {
				t.Errorf("%s: %v lies on %v", name, a, b)
			}
		}
	}
}

func TestOverview_largePlaybookIsDrawn(t *testing.T) {
	b := plain()
	for i := range 60 {
		name := fmt.Sprintf("play-%02d", i)
		b.Segments = append(b.Segments, &playbook.Segment{Name: name, Of: "account", Where: cel("account.employees > 1")})
		b.Plays = append(b.Plays, &playbook.Play{Name: name, Of: "account", Named: name, Group: []string{"", "a", "b", "c"}[i%4],
			Steps: []*playbook.Step{enroll(fmt.Sprintf("play-%02d", i*7%60)), enroll(fmt.Sprintf("play-%02d", (i+31)%60))}})
	}
	all := boxes(t, written(t, "svg", overview(t, b)))
	if len(all) != 120 {
		t.Errorf("got %d boxes", len(all))
	}
	apart(t, "large", all)
}
