// Package rest runs a vendor's manifest: it makes the requests that package manifest describes, and reads the answers as the outcomes, members,
// records and ids that the contract of connectors speaks of. It knows no vendor.
//
// A request goes down through these, each in the file of its name: the operation (read, write, job), the exchange, which tries again as the class of
// the write allows, the gate, which keeps the vendor's limits, the token and its signature, the transport.
//
// What became of a write is told as carefully as the contract asks: what surely did not reach the vendor is not begun, what the vendor refused is
// rejected, what it asked to have later is later, and everything else of which it did not say that it was done is in doubt.
package rest
