package render

import "github.com/fatih/color"

// ink is what a piece of text stands for, which decides its colour.
type ink uint8

const (
	plain ink = iota
	added
	removed
	changed
	once   // can't be undone
	loud   // refused, failed
	strong // headings
	faint  // beside the point
)

// attributes gives an ink's colour.
func (i ink) attributes() []color.Attribute {
	switch i {
	case added:
		return []color.Attribute{color.FgGreen}
	case removed:
		return []color.Attribute{color.FgRed}
	case changed:
		return []color.Attribute{color.FgYellow}
	case once:
		return []color.Attribute{color.FgMagenta, color.Bold}
	case loud:
		return []color.Attribute{color.FgRed, color.Bold}
	case strong:
		return []color.Attribute{color.Bold}
	case faint:
		return []color.Attribute{color.Faint}
	}
	return nil
}

// paint colours text if colour is wanted, whatever the environment says: that was the caller's to look at.
func (p *Printer) paint(i ink, text string) string {
	if !p.Color || i == plain || text == "" {
		return text
	}
	c := color.New(i.attributes()...)
	c.EnableColor()
	return c.Sprint(text)
}
