package exprtest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// literal writes a value of a type that is drawn near a place.
func (w *Writer) literal(t typ, place string) *Node {
	switch {
	case t == span:
		return w.span()
	case t.isList():
		kids := make([]*Node, max(w.length(5), w.IntN(3)))
		for i := range kids {
			kids[i] = w.literal(t.elem(), place)
		}
		return form(t, primary, "[…]", "["+strings.TrimSuffix(strings.Repeat(hole+", ", len(kids)), ", ")+"]", kids...)
	case t.isMap():
		kids := make([]*Node, 1+w.IntN(2))
		text, at := "", w.IntN(len(plainTexts))
		for i := range kids {
			text += fmt.Sprintf("%q: %s, ", plainTexts[(at+i)%len(plainTexts)], hole)
			kids[i] = w.literal(t.elem(), place)
		}
		return form(t, primary, "{…}", "{"+strings.TrimSuffix(text, ", ")+"}", kids...)
	case t == moment && w.chance(0.6):
		return w.aroundNow()
	}
	return constant(t, w.value(t, place), w.chance(0.3))
}

// constant writes a value of a scalar type.
func constant(t typ, value any, ascii bool) *Node {
	name := string(t) + " literal"
	switch v := value.(type) {
	case bool:
		return form(t, primary, name, strconv.FormatBool(v))
	case int64:
		return form(t, signed(v < 0), name, strconv.FormatInt(v, 10))
	case float64:
		return doubleConstant(v)
	case time.Time:
		return form(t, primary, name, fmt.Sprintf("timestamp(%q)", v.Format(time.RFC3339Nano)))
	case string:
		if ascii {
			return form(t, primary, name, strconv.QuoteToASCII(v))
		}
		return form(t, primary, name, strconv.Quote(v))
	}
	panic(fmt.Sprintf("no literal of %T", value))
}

// signed gives how tightly a number binds.
func signed(negative bool) int {
	if negative {
		return unary
	}
	return primary
}

func doubleConstant(v float64) *Node {
	switch {
	case math.IsNaN(v):
		return form(double, product, "NaN", "0.0 / 0.0")
	case math.IsInf(v, 1):
		return form(double, product, "infinity", "1.0 / 0.0")
	case math.IsInf(v, -1):
		return form(double, product, "infinity", "-1.0 / 0.0")
	}
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return form(double, signed(math.Signbit(v)), "double literal", s)
}

// days writes the constant number of a duration.
func (w *Writer) days() *Node {
	if w.chance(0.1) {
		return form(integer, primary, "vars", pick(w.dice, []string{"vars.days", "vars.days", "vars.floor"}))
	}
	return constant(integer, draw(w.dice, "", plainDays, strangeDays), false)
}

// span writes a constant duration.
func (w *Writer) span() *Node {
	switch n := w.IntN(10); {
	case n < 6:
		return form(span, primary, "days", "days(§)", w.days())
	case n < 8:
		return form(span, primary, "hours", "hours(§)", constant(integer, pick(w.dice, []int64{1, 8, 24, 72, 720, 721, 0}), false))
	}
	return form(span, primary, "duration", "duration("+pick(w.dice, []string{`"90m"`, `"1h30m"`, `"0s"`, `"-1h"`, `"1us"`, `"0.000001s"`, `"1ns"`, `"72h"`, `"2540400h"`})+")")
}

// aroundNow writes a time as people do: by the run's clock.
func (w *Writer) aroundNow() *Node {
	switch w.IntN(6) {
	case 0:
		return form(moment, primary, "now", "now")
	case 5: // finer than what records have
		return form(moment, primary, "nanoseconds", fmt.Sprintf("timestamp(%q)", now.Add(-pick(w.dice, plainSpans)).Add(time.Duration(w.IntN(3)-1)).Format(time.RFC3339Nano)))
	case 1:
		return form(moment, sum, "timestamp + duration", "now + §", w.span())
	case 2:
		return form(moment, sum, "timestamp - duration", "now - §", w.span())
	}
	return form(moment, primary, "daysAgo", "daysAgo(§)", w.days())
}
