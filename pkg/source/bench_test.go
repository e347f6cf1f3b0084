//go:build unix

package source

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

const benchRows = 200_000

// company has the twelve fields of an export of accounts: a key, two texts that are all different, words, numbers, a time, a map, a list.
func company(file string) *playbook.Entity {
	return &playbook.Entity{Name: "company", File: file, Key: "id", Fields: []playbook.Field{
		field("id", scalar(frame.String)), field("name", scalar(frame.String)), field("domain", scalar(frame.String)),
		field("industry", scalar(frame.String)), field("region", scalar(frame.String)), field("employees", scalar(frame.Int)),
		field("revenue", scalar(frame.Double)), field("target", scalar(frame.Bool)), field("renewal_at", scalar(frame.Time)),
		field("intent", mapOf(frame.Int)), field("products", listOf(frame.String)), field("owner_email", scalar(frame.String)),
	}}
}

// companies writes so many companies, line by line.
func companies(n int, header, line string) []byte {
	words := []string{"Software", "Fintech", "Public Sector", "Manufacturing", "Retail", ""}
	var text bytes.Buffer
	text.WriteString(header)
	for i := range n {
		intent, products := "", ""
		if i%3 == 0 {
			intent = fmt.Sprintf(`{"data platform":%d,"bi":%d}`, i%100, i%37)
		}
		if i%2 == 0 {
			products = "Core;Analytics"
		}
		if strings.HasPrefix(line, "{") {
			products = strings.ReplaceAll(`["`+products+`"]`, ";", `","`)
			if intent == "" {
				intent = "null"
			}
		} else if intent != "" {
			intent = `"` + strings.ReplaceAll(intent, `"`, `""`) + `"`
		}
		fmt.Fprintf(&text, line, i*7919%n, i, i, words[i%6], words[(i+2)%6], 10+i%5000, float64(i)*1000.5, i%4 == 0,
			time.Unix(1_700_000_000+int64(i)*60, 0).UTC().Format(time.RFC3339), intent, products, i%40)
	}
	return text.Bytes()
}

const (
	csvHeader = "id,name,domain,industry,region,employees,revenue,target,renewal_at,intent,products,owner_email\n"
	csvLine   = "a-%07d,Company Number %d,company-%d.example,%s,%s,%d,%.1f,%t,%s,%s,%s,owner.%d@acme.example\n"
	jsonLine  = `{"id":"a-%07d","name":"Company Number %d","domain":"company-%d.example","industry":"%s","region":"%s","employees":%d,` +
		`"revenue":%.1f,"target":%t,"renewal_at":"%s","intent":%s,"products":%s,"owner_email":"owner.%d@acme.example"}` + "\n"
)

func BenchmarkCSV(b *testing.B) {
	benchmark(b, companies(benchRows, csvHeader, csvLine), func(in *input, t *table) (format, error) {
		c := newCSV(in)
		_, err := c.readHeader(t)
		return c, err
	})
}

// BenchmarkCSV_alone only splits the records, to compare with.
func BenchmarkCSV_alone(b *testing.B) {
	data := companies(benchRows, csvHeader, csvLine)
	b.SetBytes(int64(len(data)))
	before := processorTime()
	for b.Loop() {
		r := csv.NewReader(bufio.NewReaderSize(bytes.NewReader(data), blockSize))
		r.ReuseRecord = true
		for {
			if _, err := r.Read(); err != nil {
				break
			}
		}
	}
	b.ReportMetric(float64((processorTime()-before).Nanoseconds())/float64(b.N)/benchRows, "cpu-ns/row")
}

func BenchmarkJSONL(b *testing.B) {
	benchmark(b, companies(benchRows, "", jsonLine), func(in *input, t *table) (format, error) { return newJSON(in, t), nil })
}

// storedCompany is a company as Parquet has it.
type storedCompany struct {
	ID       string  `parquet:"id,dict"`
	Name     string  `parquet:"name,dict"`
	Domain   string  `parquet:"domain,dict"`
	Industry *string `parquet:"industry,dict"`
	Region   *string `parquet:"region,dict"`
	Staff    int64   `parquet:"employees"`
	Revenue  float64 `parquet:"revenue"`
	Target   bool    `parquet:"target"`
	Renewal  int64   `parquet:"renewal_at,timestamp(microsecond)"`
	Intent   *string `parquet:"intent,dict"`
	Products *string `parquet:"products,dict"`
	Owner    string  `parquet:"owner_email,dict"`
}

// BenchmarkParquet reads the companies of BenchmarkCSV.
func BenchmarkParquet(b *testing.B) {
	optional := func(cell string) *string {
		if cell == "" {
			return nil
		}
		return &cell
	}
	reader := csv.NewReader(bytes.NewReader(companies(benchRows, csvHeader, csvLine)))
	var all []storedCompany
	for {
		c, err := reader.Read()
		if err != nil {
			break
		}
		staff, _ := strconv.ParseInt(c[5], 10, 64)
		revenue, _ := strconv.ParseFloat(c[6], 64)
		renewal, _ := time.Parse(time.RFC3339, c[8])
		all = append(all, storedCompany{c[0], c[1], c[2], optional(c[3]), optional(c[4]), staff, revenue, c[7] == "true", renewal.UnixMicro(),
			optional(c[9]), optional(c[10]), c[11]})
	}
	data := parquetOf(b, [][]storedCompany{all[1 : benchRows/2], all[benchRows/2:]}, parquet.Compression(&parquet.Snappy), parquet.DictionaryMaxBytes(1<<20))
	benchmark(b, data, func(in *input, t *table) (format, error) {
		p := newParquet(in, bytes.NewReader(data), int64(len(data)))
		problems, err := p.readSchema(t)
		return p, cmp.Or(problems.Err(), err)
	})
}

// benchmark reads the same bytes again and again, without linking. Machines are noisy: ns/row is processor time.
func benchmark(b *testing.B, data []byte, open func(*input, *table) (format, error)) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	before := processorTime()
	for b.Loop() {
		t := newTable(company("a"), Request{Zone: time.UTC, Now: now})
		in := &input{ctx: context.Background(), from: bytes.NewReader(data)}
		f, err := open(in, t)
		t.reached = (&reading{table: t, progress: &meter{total: int64(len(data))}}).reached
		if err == nil {
			_, err = f.read(t)
		}
		if err != nil || t.rows != benchRows {
			b.Fatal(err, t.rows, t.report.BadSamples)
		}
	}
	b.ReportMetric(float64((processorTime()-before).Nanoseconds())/float64(b.N)/benchRows, "cpu-ns/row")
}

// BenchmarkRead reads a file and links it.
func BenchmarkRead(b *testing.B) {
	r := request(folder(b, "a.csv", string(companies(benchRows, csvHeader, csvLine))), company("a.csv"))
	before := processorTime()
	for b.Loop() {
		mustRead(b, r)
	}
	b.ReportMetric(float64((processorTime()-before).Nanoseconds())/float64(b.N)/benchRows, "cpu-ns/row")
}

// processorTime gives what the process has used so far, in user and system mode.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
