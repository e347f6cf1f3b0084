package main

import (
	"math"
	"math/rand/v2"
	"sort"
)

// subject is what a random stream is about. Together with the seed and the record's index it fixes the stream, so
// that a record's draws don't depend on how many records there are or on what other records drew.
type subject uint64

const (
	aboutAccount subject = iota + 1
	aboutContract
	aboutPeople
	aboutOpportunities
	aboutActivities
	aboutOrphans
)

// dice is one random stream with the draws that the generator needs.
type dice struct {
	*rand.Rand
	pcg *rand.PCG
}

func newDice() *dice {
	pcg := rand.NewPCG(0, 0)
	return &dice{Rand: rand.New(pcg), pcg: pcg}
}

// about points the dice at the start of one record's stream.
func (d *dice) about(seed uint64, s subject, index int) *dice {
	d.pcg.Seed(scramble(seed^uint64(s)<<56), scramble(uint64(index)+uint64(s)))
	return d
}

// scramble is SplitMix64's finisher: it spreads neighbouring integers over the whole range.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (d *dice) chance(p float64) bool { return d.Float64() < p }

// between is uniform in [low, high).
func (d *dice) between(low, high float64) float64 { return low + (high-low)*d.Float64() }

// lognormal has the given median; sigma is the standard deviation of the logarithm.
func (d *dice) lognormal(median, sigma float64) float64 {
	return median * math.Exp(sigma*d.NormFloat64())
}

// gamma has shape 2 and the given median, which is 1.678 times the scale.
func (d *dice) gamma(median float64) float64 {
	return (d.ExpFloat64() + d.ExpFloat64()) * median / 1.678
}

// poisson counts by Knuth's product; meant for small means.
func (d *dice) poisson(mean float64) int {
	n, product, limit := 0, d.Float64(), math.Exp(-mean)
	for product > limit {
		n++
		product *= d.Float64()
	}
	return n
}

// pick is one item, each as likely as the others.
func pick[T any](d *dice, items []T) T { return items[d.IntN(len(items))] }

// choice is an item with its share of the draws; shares need not sum to one.
type choice[T any] struct {
	share float64
	item  T
}

// wheel draws items by their shares.
type wheel[T any] struct {
	sums  []float64
	items []T
}

func newWheel[T any](choices ...choice[T]) wheel[T] {
	var w wheel[T]
	sum := 0.0
	for _, c := range choices {
		sum += c.share
		w.sums = append(w.sums, sum)
		w.items = append(w.items, c.item)
	}
	return w
}

func (w wheel[T]) spin(d *dice) T {
	x := d.Float64() * w.sums[len(w.sums)-1]
	return w.items[sort.SearchFloat64s(w.sums, x)]
}

// ranks are an account's three places in (0, 1), in order: how active it is, how many people are known there, how
// many deals it has. They follow Roberts' R3 sequence, which fills the cube evenly: even a small world's totals come
// out near the mean, although their distributions have long tails.
func ranks(seed uint64, index int) (heat, people, deals float64) {
	at := func(step uint64, salt uint64) float64 {
		x := uint64(index)*step + scramble(seed+salt)
		return (float64(x>>11) + 0.5) / (1 << 53)
	}
	return at(0xd1b54a32d192ed03, 1), at(0xabc98388fb8fac03, 2), at(0x8cb92ba72f3d8dd7, 3)
}

// normal is the standard normal quantile of u in (0, 1).
func normal(u float64) float64 { return math.Sqrt2 * math.Erfinv(2*u-1) }

// uniform is the place in (0, 1) of the standard normal z.
func uniform(z float64) float64 { return 0.5 * math.Erfc(-z/math.Sqrt2) }

// blend mixes the ranks a and b to one that correlates with a by rho, again uniform (a Gaussian copula).
func blend(a, b, rho float64) float64 {
	return uniform(rho*normal(a) + math.Sqrt(1-rho*rho)*normal(b))
}
