// Package source reads the records that a playbook speaks of: every entity's file, or what a connector has of it, becomes columns, and [Read] links them into a
// [frame.Frame]. Each entity gets a [Report] of what was read, what was left out and why. [ReadKeys] reads a segment's list of keys.
//
// # Files
//
// The extension says how a file is read: .csv with a header, cells separated by commas, .jsonl and .ndjson with one JSON object a line, or
// .parquet. Text is UTF-8, with or without a byte order mark, with LF or CRLF. A path is relative to the playbook's directory, with slashes;
// data may lie outside of it: absolute paths and paths with .. are followed as they are written. A record of text has 16 MiB at the most.
//
// Columns that neither a field, the key nor a parent names are ignored. A CSV or Parquet file must have every column that is named; in JSON
// Lines a key may be absent from a record, but a field that no record has is a warning.
//
// Files are read part by part, every column of a part by itself, two at a time over all files. What comes of a file is the same wherever its
// parts end, and on any number of threads.
//
// # Values
//
//	type         CSV                                                  JSON
//	bool         1 t T TRUE true True, 0 f F FALSE false False        true, false
//	int          decimal, 64 bits; also 12.0, as some exports write   a number, likewise
//	double       decimal; also NaN and Inf, with a sign; not hex      a number
//	string       UTF-8                                                a string
//	timestamp    RFC 3339, also with a space for the T or without     a string, likewise
//	             an offset; 2026-01-02; both then in the zone
//	list(T)      a JSON array, or values separated by semicolons      an array
//	map(…, T)    a JSON object                                        an object
//
// Times are cut to microseconds; the first moment of a day that daylight saving begins at midnight is the first that exists. An empty CSV
// cell, a JSON null and an absent JSON key are missing. Lists have no missing elements: empty ones between semicolons are dropped, a null
// in an array is a bad value. A null in a JSON object is as if its key were absent. A key or a parent's key may be a whole number in JSON.
// White space is kept, except around values between semicolons.
//
// # Parquet
//
//	type         columns that hold it
//	bool         BOOLEAN
//	int          whole numbers of any size that fit into 64 bits with a sign; decimals and doubles that are whole
//	double       FLOAT, DOUBLE, whole numbers, decimals
//	string       STRING, ENUM, JSON, UUID, bytes and bytes of a fixed length that are UTF-8; of keys, also whole numbers
//	timestamp    TIMESTAMP in any unit and DATE, in the zone where they don't say UTC; INT96, in UTC; text as in CSV
//	list(T)      LIST of such columns, as well as repeated columns and lists of older writers; text as in CSV
//	map(…, T)    MAP from texts to such columns; text as in CSV
//
// A null is missing, in a list it is a bad value, in a map it is as if its key were absent. A column that holds something else, such as a
// group, is an error of the file before any record is read. Pages may be compressed by Snappy, Gzip, Zstandard, Brotli or LZ4 (raw), and have
// 128 MiB at the most. A file that is damaged is an error, never more; of what it claims to have no room is made before it is there. Where a
// problem has the line of a record, it is the number of the record in a Parquet file.
//
// # Connectors
//
// An entity may be read from an object of a connector instead (`from: crm.company`, or `from: dwh.table` with `table: analytics.accounts`). All
// entities of one connector are read as of one moment, if it has snapshots, and while its next records come the columns of the last few thousand
// are filled. A number, a truth, a time, a list or an object is a value of its type; a whole number is a double too, a double that is whole an int,
// and any single value a string; of a text that stands where another type is wanted the rules are those of CSV. A nil, and an empty text that is
// no string, is missing. Bad records are named by their keys, unless these may be addresses, and otherwise by their number as they came. How old
// the records are the newest value of a field tells, `fresh: {by: loaded_at}`; without one they are as old as the run. Nothing of them is kept for
// the next run.
//
// # The cache
//
// The columns of files of 1 MiB and more are kept in [Request.CacheDir], a file an entity, so that the next run need not read what has not
// changed. A file of the cache is used if the source has the same bytes, by a digest of all of them, or if the file system says that nobody
// has touched it since it was read, as git's index does; if everything that decides what is read is the same: the entity's fields, key, time
// and parents, the zone, the version of playctl; and if its own checksum holds. Else the source is read, and the file is written anew. What is
// read is the same with and without the cache, to the last bad record. Events later than now are kept too, for the run when they have happened.
//
// It may be deleted at any time, and where it can't be written nothing is kept and nothing said. It holds what the sources hold, customers'
// data: its folder and files are for their owner alone, and it must not leave the machine, nor be committed; `playctl init` has git ignore
// .playctl. The files are written under other names and renamed, and those of other schemas removed. A file of the cache stays mapped into
// memory until the process ends: it must not be written to in place.
//
// # Bad records
//
// A record is bad if a value is not of its type or not UTF-8, if it has another number of cells than the header, if it is not JSON, or if its
// key is missing or stands in an earlier record. Bad records are left out, counted and sampled; or they stop the run, as the entity says. A
// file of which more than half is bad always does, as does one that ends inside a quoted cell: what a stray quote swallows can't be counted.
//
// Problems show the first characters of a bad value, but nothing of what may be an address, a number to call or a secret.
package source
