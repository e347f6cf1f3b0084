package main

import (
	"fmt"
	"strconv"
	"strings"
)

// company is a made-up company's name and its domain under .example.
type company struct {
	name, domain string
	trade        industry
}

// namer names companies. Domains are unique, because each locale and industry counts through its own words.
type namer struct {
	seed    uint64
	counted map[*locale]*tally
	last    map[*locale]company // that a duplicate may repeat
}

// tally is how many companies were named, by industry.
type tally [otherIndustry + 1]int

func newNamer(seed uint64) *namer {
	return &namer{seed: seed, counted: map[*locale]*tally{}, last: map[*locale]company{}}
}

// next names a new company. Its stem and trade come from a shuffled walk through all pairs; once the pairs are used
// up, a partner is added ("Müller & Vogel Maschinenbau"), and at last a number to the domain.
func (n *namer) next(d *dice, l *locale, trade industry) company {
	count := n.count(l, trade)
	stems, trades := l.stemList(), l.trades[trade]
	pairs := len(stems) * len(trades)
	round, place := count/pairs, n.walk(count%pairs, pairs, trade)
	stem, kind := stems[place%len(stems)], trades[place/len(stems)]

	shown, host := show(stem), slug(stem)
	if len(l.stems) == 0 { // called after a family, and from the second round on after two
		if partner := round % len(l.family); partner > 0 {
			other := l.family[(place+partner)%len(l.family)]
			shown += l.and() + show(other)
			host += "-" + slug(other)
		}
		round /= len(l.family)
	}
	host += "-" + slug(kind)
	if round > 0 {
		host += strconv.Itoa(round + 1)
	}
	c := company{name: l.dress(d, fmt.Sprintf(l.company, shown, show(kind))), domain: l.under(host), trade: trade}
	n.last[l] = c
	return c
}

// count is how many companies of the locale and trade were named before this one.
func (n *namer) count(l *locale, trade industry) int {
	if n.counted[l] == nil {
		n.counted[l] = &tally{}
	}
	n.counted[l][trade]++
	return n.counted[l][trade] - 1
}

// repeat is the locale's last company once more, spelled another way and with an alias domain; ok is false when there
// is none.
func (n *namer) repeat(d *dice, l *locale) (c company, ok bool) {
	if c, ok = n.last[l]; !ok {
		return c, false
	}
	delete(n.last, l)
	if d.chance(0.5) {
		c.name = strings.ToUpper(c.name)
	} else {
		c.name = strings.ReplaceAll(c.name, " ", "  ")
	}
	c.domain = "get-" + c.domain
	return c, true
}

// walk visits 0..size-1 in an order that the seed and the trade choose.
func (n *namer) walk(i, size int, trade industry) int {
	start := scramble(n.seed + uint64(trade))
	step := int(start>>32)%size | 1
	for gcd(step, size) != 1 {
		step += 2
	}
	return int((uint64(i)*uint64(step) + start%uint64(size)) % uint64(size))
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// and joins two partners.
func (l *locale) and() string {
	if l == japanese {
		return "・"
	}
	return " & "
}

// dress adds a legal form.
func (l *locale) dress(d *dice, name string) string {
	form := pick(d, l.forms)
	switch {
	case l == japanese:
		return form + name
	case form == "":
		return name
	default:
		return name + " " + form
	}
}

func (l *locale) under(host string) string {
	if l.tag != "" {
		host += "." + l.tag
	}
	return host + ".example"
}

// fullName is a person's name as written, and as in front of the @.
func (l *locale) fullName(d *dice) (shown, local string) {
	given, family := pick(d, l.given), pick(d, l.family)
	if l.lastFirst {
		return show(family) + " " + show(given), slug(given) + "." + slug(family)
	}
	return show(given) + " " + show(family), slug(given) + "." + slug(family)
}

// show is a word without its ASCII spelling.
func show(word string) string {
	shown, _, _ := strings.Cut(word, ":")
	return shown
}

// slug is a word in lower-case ASCII letters, digits and hyphens.
func slug(word string) string {
	if _, ascii, ok := strings.Cut(word, ":"); ok {
		return ascii
	}
	var b strings.Builder
	for _, r := range strings.ToLower(word) {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-':
			b.WriteRune(r)
		case r == ' ':
			b.WriteByte('-')
		default:
			b.WriteString(plain[r])
		}
	}
	return b.String()
}

// plain spells the letters of the word lists that ASCII doesn't have; what it lacks (an apostrophe) is left out.
var plain = map[rune]string{
	'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss", 'å': "a", 'á': "a", 'à': "a", 'â': "a", 'ã': "a", 'ą': "a", 'ç': "c", 'ć': "c",
	'é': "e", 'è': "e", 'ê': "e", 'ë': "e", 'ę': "e", 'í': "i", 'î': "i", 'ï': "i", 'ł': "l", 'ñ': "n", 'ń': "n", 'ó': "o",
	'ò': "o", 'ô': "o", 'õ': "o", 'ú': "u", 'ù': "u", 'ś': "s", 'ź': "z", 'ż': "z", 'ý': "y",
}
