// Package frame holds records as columns: typed values with missing ones marked, strings as codes into a dictionary, parents and children
// linked by row numbers, and sets of rows as bitmaps.
//
// A reader fills a [Builder] an entity, [Link] makes them a [Frame]. From then on nothing changes, so that goroutines may share it.
package frame
