// Package vector evaluates the expressions of playbooks by columns: what package expr calls a [expr.Node] becomes kernels over a frame.
//
// A kernel computes one node for a batch of up to 2,048 places at once. A place is a row for each variable that the node speaks of: the
// record itself and, within loops, the elements of lists. Values stand in a vec: a slice of numbers, codes or texts, with a bitmap of the
// known ones. A condition is two bitmaps, true and unknown, and follows SQL's three values, which are CEL's rules for errors.
//
// What makes it fast:
//
//   - && asks the cheap operands first, and each further one only where the answer is still open.
//   - A condition on one text column is evaluated once per distinct value, and lists that are written out are sets.
//   - Children are ranges of rows, and events stand in order of time: within, since and quiet are look-ups.
//   - What several expressions of a run have in common is evaluated once for each row that asks.
//   - What has no kernel is evaluated by cel-go, only there and only on the rows that are left. [Engine.Slow] tells what, and why.
//
// The table in functions.go shows for each operator and function the reference form and the kernel. That both agree is held by package
// exprtest.
package vector
