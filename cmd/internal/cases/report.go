package cases

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// Schema names the format of the JSON report.
const Schema = "apisqs-doctor/test/v1"

// Run is what the cases of one file gave.
type Run struct {
	File     string
	Outcomes []Outcome
}

// Count counts the cases with an outcome.
func Count(runs []Run, s Status) int {
	n := 0
	for _, r := range runs {
		for _, o := range r.Outcomes {
			if o.Status == s {
				n++
			}
		}
	}
	return n
}

// Text writes the runs for a person. show makes a text safe to print on one line.
func Text(w io.Writer, runs []Run, show func(string) string) error {
	var b strings.Builder
	total := 0
	for _, r := range runs {
		fmt.Fprintf(&b, "%s\n", show(r.File))
		for _, o := range r.Outcomes {
			total++
			mark := map[Status]string{Passed: "ok", Failed: "FAIL", Unknown: "?"}[o.Status]
			fmt.Fprintf(&b, "  %-5s %s\n", mark, show(o.Case.Name))
			for _, d := range o.Differences {
				fmt.Fprintf(&b, "        %s (line %d)\n          expected  %s\n          got       %s\n", show(d.What), d.Line, show(d.Expected), show(d.Got))
			}
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%d of %s as expected", Count(runs, Passed), plural(total))
	if n := Count(runs, Failed); n > 0 {
		fmt.Fprintf(&b, ", %d not", n)
	}
	if n := Count(runs, Unknown); n > 0 {
		fmt.Fprintf(&b, ", %d not known", n)
	}
	b.WriteString(".\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func plural(n int) string {
	if n == 1 {
		return "1 case"
	}
	return fmt.Sprintf("%d cases", n)
}

type jsonDifference struct {
	What     string `json:"what"`
	Line     int    `json:"line"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
}

type jsonCase struct {
	Name        string           `json:"name"`
	Line        int              `json:"line"`
	Status      Status           `json:"status"`
	Differences []jsonDifference `json:"differences"`
}

type jsonFile struct {
	File  string     `json:"file"`
	Cases []jsonCase `json:"cases"`
}

// JSON writes the runs as one document.
func JSON(w io.Writer, runs []Run) error {
	doc := struct {
		Schema  string     `json:"schema"`
		Passed  int        `json:"passed"`
		Failed  int        `json:"failed"`
		Unknown int        `json:"unknown"`
		Files   []jsonFile `json:"files"`
	}{Schema: Schema, Passed: Count(runs, Passed), Failed: Count(runs, Failed), Unknown: Count(runs, Unknown), Files: []jsonFile{}}
	for _, r := range runs {
		f := jsonFile{File: r.File, Cases: []jsonCase{}}
		for _, o := range r.Outcomes {
			c := jsonCase{Name: o.Case.Name, Line: o.Case.Line, Status: o.Status, Differences: []jsonDifference{}}
			for _, d := range o.Differences {
				c.Differences = append(c.Differences, jsonDifference{d.What, d.Line, d.Expected, d.Got})
			}
			f.Cases = append(f.Cases, c)
		}
		doc.Files = append(doc.Files, f)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr"`
	Line    int           `xml:"line,attr"`
	Failure *junitMessage `xml:"failure,omitempty"`
	Error   *junitMessage `xml:"error,omitempty"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

// JUnit writes the runs as JUnit XML: a suite for each file; what is not known is
// an error.
func JUnit(w io.Writer, runs []Run) error {
	doc := struct {
		XMLName xml.Name     `xml:"testsuites"`
		Name    string       `xml:"name,attr"`
		Suites  []junitSuite `xml:"testsuite"`
	}{Name: "apisqs-doctor test"}
	for _, r := range runs {
		one := []Run{r}
		s := junitSuite{Name: r.File, Tests: len(r.Outcomes), Failures: Count(one, Failed), Errors: Count(one, Unknown)}
		for _, o := range r.Outcomes {
			c := junitCase{Class: r.File, Name: o.Case.Name, File: r.File, Line: o.Case.Line}
			var text strings.Builder
			for _, d := range o.Differences {
				fmt.Fprintf(&text, "%s\nexpected  %s\ngot       %s\n", d.What, d.Expected, d.Got)
			}
			switch o.Status {
			case Failed:
				c.Failure = &junitMessage{fmt.Sprintf("%s is not as expected", o.Differences[0].What), text.String()}
			case Unknown:
				c.Error = &junitMessage{"what the case gives is not known", text.String()}
			}
			s.Cases = append(s.Cases, c)
		}
		doc.Suites = append(doc.Suites, s)
	}
	text, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(append([]byte(xml.Header), text...), '\n'))
	return err
}
