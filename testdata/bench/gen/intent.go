package main

import "math"

// weeks is how far back activities go.
const weeks = 26

// surges says in which weeks, from the first to the one that ends now, the account read unusually much about what we
// sell. A week that follows a surging one surges with 60 %, and 8 to 12 % of all accounts surge in a week (data.md 6c:
// the score is I1's, the rates assumption).
type surges [weeks]bool

const persistence = 0.6

// newSurges runs the two-state chain. Active accounts surge more often.
func newSurges(d *dice, active bool) surges {
	share := 0.05
	if active {
		share = 0.16
	}
	begins := share * (1 - persistence) / (1 - share)
	var s surges
	surging := d.chance(share)
	for i := range s {
		s[i] = surging
		if surging {
			surging = d.chance(persistence)
		} else {
			surging = d.chance(begins)
		}
	}
	return s
}

func (s surges) now() bool { return s[weeks-1] }

// intentScores are this week's: 60 and above on the surging topic, below on a few others. An empty list is an account
// without a signal; that the vendor doesn't know it is said elsewhere.
func intentScores(d *dice, surging bool) []topicScore {
	main := -1
	if surging {
		main = topicShares.spin(d)
	}
	var found []topicScore
	for i, topic := range topics {
		switch {
		case i == main:
			found = append(found, topicScore{topic, 60 + int(40*math.Pow(d.Float64(), 1.2))})
		case d.chance(0.22):
			found = append(found, topicScore{topic, 5 + int(55*math.Pow(d.Float64(), 1.5))})
		}
	}
	return found
}
