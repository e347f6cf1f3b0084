package main

import (
	"fmt"
	"io"
	"os"
)

// job is what to write where.
type job struct {
	size     size
	seed     uint64
	shift    int64 // seconds between the epoch and the moment the data ends
	dir      string
	formats  []string
	progress io.Writer // nil: none
}

// run makes the world and writes it, one account with all that belongs to it at a time. A line for each file goes to
// report.
func (j *job) run(report io.Writer) error {
	if err := os.MkdirAll(j.dir, 0o777); err != nil {
		return err
	}
	var files [4]*fileSet
	for i, t := range []table{accountTable, personTable, opportunityTable, activityTable} {
		var err error
		if files[i], err = createFiles(j.dir, j.formats, t); err != nil {
			return err
		}
	}
	watch := newProgress(j.progress, j.size.accounts)
	for c := range newWorld(j.size, j.seed).clusters() {
		if err := j.write(files, c); err != nil {
			return err
		}
		watch.tell(files[0].count)
	}
	watch.end()
	return finish(files, report)
}

func (j *job) write(files [4]*fileSet, c *cluster) error {
	if c.account != nil {
		if err := files[0].write(c.account, j.shift); err != nil {
			return err
		}
	}
	for i := range c.people {
		if err := files[1].write(&c.people[i], j.shift); err != nil {
			return err
		}
	}
	for i := range c.opportunities {
		if err := files[2].write(&c.opportunities[i], j.shift); err != nil {
			return err
		}
	}
	for i := range c.activities {
		if err := files[3].write(&c.activities[i], j.shift); err != nil {
			return err
		}
	}
	return nil
}

func finish(files [4]*fileSet, report io.Writer) error {
	for _, s := range files {
		for _, o := range s.outputs {
			bytes, err := o.finish()
			if err != nil {
				return err
			}
			fmt.Fprintf(report, "%-40s %10d rows %13d bytes\n", o.path, s.count, bytes)
		}
	}
	return nil
}
