package exprtest

import (
	"math/rand/v2"
	"testing"
)

func TestRandomBook_isReadWithoutProblems(t *testing.T) {
	for seed := range uint64(20) {
		if _, err := RandomBook(rand.New(rand.NewPCG(seed, 0))); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}
