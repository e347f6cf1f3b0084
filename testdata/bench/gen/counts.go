package main

import (
	"math"
	"sort"
)

// bisect finds x in [low, high] with f(x) = 0 for a rising f.
func bisect(low, high float64, f func(float64) float64) float64 {
	for range 80 {
		middle := (low + high) / 2
		if f(middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// activityCounts is the number of activities of an account: none for 55 %, else Pareto with shape 1.3, begun at one
// (Lomax) and cut at a ceiling, so that a twentieth of the accounts have most of the activities (data.md 6c;
// assumption).
type activityCounts struct {
	scale   float64
	ceiling float64
}

const (
	noActivity    = 0.55
	activityShape = 1.3
)

// calibrateActivities fits the scale to the mean over all accounts. Half an activity is what rounding down leaves of
// the one that every active account has.
func calibrateActivities(mean, ceiling float64) activityCounts {
	scale := bisect(0.01, ceiling, func(x float64) float64 {
		cut := math.Pow(1+ceiling/x, 1-activityShape)
		return x*(1-cut)/(activityShape-1) + 0.5 - mean/(1-noActivity)
	})
	return activityCounts{scale: scale, ceiling: ceiling}
}

// at is the count at the rank u.
func (c activityCounts) at(u float64) int {
	if u < noActivity {
		return 0
	}
	v := (u - noActivity) / (1 - noActivity)
	return int(min(1+c.scale*(math.Pow(1-v, -1/activityShape)-1), c.ceiling))
}

// peopleCounts is the number of people of an account, as sums of the probabilities of 0, 1, 2 and so on: negative
// binomial with 18 % none (and then about 20 % exactly one), and a Pareto tail to 400 for 3 in 1,000 accounts
// (data.md 6c; assumption).
type peopleCounts []float64

const (
	noPeople   = 0.18
	mostPeople = 400
	tailShare  = 0.003
	tailFrom   = 40
	tailShape  = 1.2
)

// calibratePeople fits the negative binomial to the mean over all accounts, tail included.
func calibratePeople(mean float64) peopleCounts {
	body := bisect(0.5, mean, func(m float64) float64 { return peopleMean(m) - mean })
	counts := make(peopleCounts, mostPeople+1)
	sum := 0.0
	for n, p := range peopleShares(body) {
		sum += p
		counts[n] = sum
	}
	return counts
}

func peopleMean(body float64) float64 {
	mean := 0.0
	for n, p := range peopleShares(body) {
		mean += float64(n) * p
	}
	return mean
}

// peopleShares is the probability of each count; body is the negative binomial's mean.
func peopleShares(body float64) []float64 {
	none := noPeople / (1 - tailShare)
	r := bisect(0.05, 50, func(r float64) float64 { return none - math.Pow(r/(r+body), r) })
	shares := make([]float64, mostPeople+1)
	p := none * (1 - tailShare)
	for n := range shares {
		shares[n] = p
		p *= (r + float64(n)) / float64(n+1) * body / (r + body)
	}
	above := func(n float64) float64 { return math.Pow(tailFrom/n, tailShape) }
	for n := tailFrom; n < mostPeople; n++ {
		shares[n] += tailShare * (above(float64(n)) - above(float64(n+1)))
	}
	shares[mostPeople] += tailShare * above(mostPeople)
	return shares
}

// at is the count at the rank u.
func (c peopleCounts) at(u float64) int {
	return min(sort.SearchFloat64s(c, u), mostPeople)
}

// dealCounts is the number of opportunities of an account: none for most, else one and a geometric rest
// (data.md 6c: 1.1 for an account that has any).
type dealCounts struct {
	share float64 // of accounts that have any
	mean  float64 // of those
}

const mostDeals = 60

// at is the count at the rank u.
func (c dealCounts) at(u float64) int {
	if u < 1-c.share {
		return 0
	}
	v := (u - (1 - c.share)) / c.share
	return min(1+int(math.Log(1-v)/math.Log(1-1/c.mean)), mostDeals)
}
