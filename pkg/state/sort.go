package state

import "slices"

// Sort gives values in an order of pointers to them, such as [CompareMembers]. It moves each only once, and none if they lie in order: a member is
// some 450 bytes.
func Sort[T any](values []T, order func(a, b *T) int) []T {
	places := make([]*T, len(values))
	inOrder := true
	for i := range values {
		places[i] = &values[i]
		inOrder = inOrder && (i == 0 || order(places[i-1], places[i]) <= 0)
	}
	if inOrder {
		return values
	}
	slices.SortFunc(places, order)
	moved := make([]T, len(values))
	for i, place := range places {
		moved[i] = *place
	}
	return moved
}
