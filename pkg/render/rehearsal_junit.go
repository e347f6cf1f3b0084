package render

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// junitSuites is a file of test results as CI systems read it: https://github.com/testmoapp/junitxml
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

// junitSuite is the tests of one file.
type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
	took     time.Duration
}

type junitCase struct {
	Name     string         `xml:"name,attr"`
	Class    string         `xml:"classname,attr"` // the play, or else the file
	File     string         `xml:"file,attr"`
	Time     string         `xml:"time,attr"`
	Failures []junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes what became of tests as JUnit XML, one suite a file. Names are those of the tests, so that they are the same every time.
func JUnit(w io.Writer, playbook string, list []Rehearsed) error {
	doc := junitSuites{Name: playbook, Tests: len(list)}
	var took time.Duration
	for i := range list {
		r := &list[i]
		if n := len(doc.Suites); n == 0 || doc.Suites[n-1].Name != r.File {
			doc.Suites = append(doc.Suites, junitSuite{Name: r.File})
		}
		s := &doc.Suites[len(doc.Suites)-1]
		s.Cases = append(s.Cases, junitCaseOf(r))
		s.Tests, s.took, took = s.Tests+1, s.took+r.Took, took+r.Took
		if s.Time = seconds(s.took); len(r.Failures) > 0 {
			s.Failures, doc.Failures = s.Failures+1, doc.Failures+1
		}
	}
	doc.Time = seconds(took)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(doc); err != nil {
		return fmt.Errorf("writing JUnit XML: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitCaseOf(r *Rehearsed) junitCase {
	c := junitCase{Name: r.Name, Class: r.Play, File: r.File, Time: seconds(r.Took)}
	if c.Class == "" {
		c.Class = r.File
	}
	for _, f := range r.Failures {
		c.Failures = append(c.Failures, junitFailure{Message: f.Problem.Message, Text: f.Problem.Format() + strings.Join(f.Found, "\n")})
	}
	return c
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
