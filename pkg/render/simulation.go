package render

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Simulation is what would happen in a stretch of time, in numbers. A touch is one message that is sent, or one task that is given.
type Simulation struct {
	From, To  time.Time // of the first and the last run
	Runs      int
	Planned   int // runs; more than Runs where it was interrupted
	Refused   int // runs that a guard refused
	Touches   int
	Added     int
	Removed   int
	Changed   int
	Days      []SimulatedDay
	Channels  []SimulatedCount
	Roles     []SimulatedRole
	Plays     []SimulatedPlay
	Records   []SimulatedRecord // touched most, most first
	Touched   int               // records with any touch
	Problems  []string
	TaskHabit string // what people do about tasks, in words
}

// SimulatedDay is what happens on a day.
type SimulatedDay struct {
	Date    string `json:"date"`
	Touches int    `json:"touches"`
	Tasks   int    `json:"tasks"` // of the touches
	Enters  int    `json:"enters"`
	Exits   int    `json:"exits"`
}

// SimulatedCount is how many touches something has.
type SimulatedCount struct {
	Name    string `json:"name"`
	Touches int    `json:"touches"`
}

// SimulatedRole is the work of a role.
type SimulatedRole struct {
	Role     string `json:"role"`
	Tasks    int    `json:"tasks"`
	Done     int    `json:"done"`
	Breaches int    `json:"sla_breaches"`
	Busiest  int    `json:"busiest_day"`
}

// SimulatedPlay is what happens in a play.
type SimulatedPlay struct {
	Play    string         `json:"play"`
	Touches int            `json:"touches"`
	Enters  int            `json:"enters"`
	HeldOut int            `json:"held_out"`
	Exits   map[string]int `json:"exits"`
}

// SimulatedRecord is how often a record is touched.
type SimulatedRecord struct {
	Entity  string `json:"entity"`
	Key     string `json:"key"`
	Touches int    `json:"touches"`
}

// Simulation writes a simulation as tables.
func (p *Printer) Simulation(w io.Writer, v *Simulation) error {
	s := &sheet{Printer: p}
	s.put(0, v.headline(p))
	s.put(0, "")
	for _, t := range v.tables(p) {
		s.put(0, p.paint(strong, t.title))
		if err := s.table(2, &t.table); err != nil {
			return err
		}
		for _, note := range t.notes {
			s.put(2, note)
		}
		s.put(0, "")
	}
	for _, problem := range v.Problems {
		s.put(0, p.paint(loud, "Stuck")+" "+clean(problem))
	}
	s.put(0, v.sentence())
	return s.writeTo(w)
}

// headline says what was simulated.
func (v *Simulation) headline(p *Printer) string {
	text := fmt.Sprintf("Simulated %s from %s to %s; tasks: %s", counted(v.Runs, "run"), v.From.In(p.zone()).Format(time.DateOnly),
		v.To.In(p.zone()).Format("2006-01-02 15:04 MST"), v.TaskHabit)
	if v.Runs < v.Planned {
		text += fmt.Sprintf(" (interrupted: %s to come)", counted(v.Planned-v.Runs, "run"))
	}
	return text
}

// sentence sums a simulation up, in one line of a fixed form.
func (v *Simulation) sentence() string {
	enters, exits, breaches := 0, 0, 0
	for _, x := range v.Plays {
		enters += x.Enters
		for _, n := range x.Exits {
			exits += n
		}
	}
	for _, r := range v.Roles {
		breaches += r.Breaches
	}
	text := fmt.Sprintf("Simulation: %s touches, %s enter, %s leave, %s added, %s removed, %s changed, %s SLA breaches.", number(v.Touches), number(enters), number(exits),
		number(v.Added), number(v.Removed), number(v.Changed), number(breaches))
	if v.Refused > 0 {
		text = fmt.Sprintf("A guard refused %s.\n%s", counted(v.Refused, "run"), text)
	}
	return text
}

// simulationTable is one table with its title.
type simulationTable struct {
	title string
	table table
	notes []string
}

// tables gives the tables that have rows.
func (v *Simulation) tables(p *Printer) []simulationTable {
	all := []simulationTable{v.playTable(), v.channelTable(), v.roleTable(), v.dayTable(p), v.recordTable()}
	return slices.DeleteFunc(all, func(t simulationTable) bool { return len(t.table.rows) == 0 })
}

func (v *Simulation) playTable() simulationTable {
	out := simulationTable{title: "Plays"}
	out.table.column("play")
	for _, name := range []string{"enter", "held out", "leave", "touches"} {
		out.table.numbers(name)
	}
	out.table.column("by outcome")
	for _, x := range v.Plays {
		exits, parts := 0, []string{}
		for _, outcome := range slices.Sorted(maps.Keys(x.Exits)) {
			exits += x.Exits[outcome]
			parts = append(parts, number(x.Exits[outcome])+" "+clean(strings.ReplaceAll(outcome, "_", " ")))
		}
		out.table.add(clean(x.Play), number(x.Enters), number(x.HeldOut), number(exits), number(x.Touches), strings.Join(parts, ", "))
	}
	return out
}

func (v *Simulation) channelTable() simulationTable {
	out := simulationTable{title: "Channels"}
	out.table.column("channel")
	out.table.numbers("touches")
	for _, x := range v.Channels {
		out.table.add(clean(x.Name), number(x.Touches))
	}
	return out
}

func (v *Simulation) roleTable() simulationTable {
	out := simulationTable{title: "Roles"}
	out.table.column("role")
	for _, name := range []string{"tasks", "done", "SLA breaches", "busiest day"} {
		out.table.numbers(name)
	}
	for _, x := range v.Roles {
		role := clean(x.Role)
		if role == "" {
			role = "(nobody in particular)"
		}
		out.table.add(role, number(x.Tasks), number(x.Done), number(x.Breaches), number(x.Busiest))
	}
	return out
}

// mostDays is how many days are shown, the fullest, unless all are to be.
const mostDays = 10

func (v *Simulation) dayTable(p *Printer) simulationTable {
	days := slices.DeleteFunc(slices.Clone(v.Days), func(d SimulatedDay) bool { return d.Touches+d.Enters+d.Exits == 0 })
	out := simulationTable{title: "Days"}
	if len(days) > mostDays && !p.Full {
		out.title = "Days with most touches"
		out.notes = append(out.notes, fmt.Sprintf("… %s more %s (--full)", number(len(days)-mostDays), plural(len(days)-mostDays, "day")))
		slices.SortStableFunc(days, func(a, b SimulatedDay) int { return b.Touches - a.Touches })
		days = days[:mostDays]
		slices.SortFunc(days, func(a, b SimulatedDay) int { return strings.Compare(a.Date, b.Date) })
	}
	out.table.column("day")
	for _, name := range []string{"touches", "of them tasks", "enter", "leave"} {
		out.table.numbers(name)
	}
	for _, d := range days {
		out.table.add(d.Date, number(d.Touches), number(d.Tasks), number(d.Enters), number(d.Exits))
	}
	return out
}

func (v *Simulation) recordTable() simulationTable {
	out := simulationTable{title: "Records touched most"}
	out.table.column("record")
	out.table.numbers("touches")
	for _, x := range v.Records {
		out.table.add(clean(x.Entity+" "+x.Key), number(x.Touches))
	}
	if rest := v.Touched - len(v.Records); rest > 0 && len(v.Records) > 0 {
		out.notes = append(out.notes, fmt.Sprintf("… of %s (--top N)", counted(v.Touched, "record")))
	}
	return out
}

// SimulationMarkdown writes a simulation for a pull request's comment.
func (p *Printer) SimulationMarkdown(w io.Writer, v *Simulation) error {
	var b strings.Builder
	b.WriteString("<!-- playctl simulate -->\n### " + v.headline(p) + "\n\n")
	b.WriteString("**" + strings.ReplaceAll(v.sentence(), "\n", "**\n\n**") + "**\n\n")
	for _, problem := range v.Problems {
		b.WriteString("- Stuck: " + code(problem) + "\n")
	}
	for _, t := range v.tables(p) {
		b.WriteString("\n<details><summary>" + t.title + "</summary>\n\n")
		t.markdown(&b)
		for _, note := range t.notes {
			b.WriteString("\n" + note + "\n")
		}
		b.WriteString("\n</details>\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdown writes the table's rows. The first cell is a name from elsewhere, and stands as code.
func (t *simulationTable) markdown(b *strings.Builder) {
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(t.table.header)
	rules := make([]string, len(t.table.right))
	for i, right := range t.table.right {
		if rules[i] = "---"; right {
			rules[i] = "--:"
		}
	}
	line(rules)
	for _, row := range t.table.rows {
		row = slices.Clone(row)
		row[0] = cellCode(row[0])
		line(row)
	}
}

// simulationDocument is a simulation for programs.
type simulationDocument struct {
	FormatVersion string            `json:"format_version"`
	From          string            `json:"from"`
	To            string            `json:"to"`
	Runs          int               `json:"runs"`
	Complete      bool              `json:"complete"`
	Refused       int               `json:"refused"`
	Touches       int               `json:"touches"`
	Added         int               `json:"added"`
	Removed       int               `json:"removed"`
	Changed       int               `json:"changed"`
	Plays         []SimulatedPlay   `json:"plays"`
	Channels      []SimulatedCount  `json:"channels"`
	Roles         []SimulatedRole   `json:"roles"`
	Days          []SimulatedDay    `json:"days"`
	Records       []SimulatedRecord `json:"records"`
	Touched       int               `json:"records_touched"`
	Problems      []string          `json:"problems"`
}

// SimulationJSON writes a simulation as one document.
func SimulationJSON(w io.Writer, v *Simulation) error {
	return writeJSON(w, simulationDocument{FormatVersion: formatVersion, From: stamp(v.From), To: stamp(v.To), Runs: v.Runs, Complete: v.Runs == v.Planned,
		Refused: v.Refused, Touches: v.Touches, Added: v.Added, Removed: v.Removed, Changed: v.Changed, Plays: orEmpty(v.Plays), Channels: orEmpty(v.Channels),
		Roles: orEmpty(v.Roles), Days: orEmpty(v.Days), Records: orEmpty(v.Records), Touched: v.Touched, Problems: orEmpty(v.Problems)})
}
