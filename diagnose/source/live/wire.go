package live

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// The most that is taken from AWS, in bytes. The largest answer there is, an
// export of 300 resources, is about 5 MB.
const (
	largestAnswer = 32 << 20
	largestRun    = 128 << 20 // all answers of a run together
)

// wire sends requests and takes whole answers. It follows no redirect: AWS's
// services give none, and the next host would get the session token (Go takes
// only the Authorization header away). An answer is in memory before the SDK
// decodes it, which takes many times its size.
type wire struct {
	client  aws.HTTPClient
	largest int64
	left    *atomic.Int64 // of what the run may take; nil without such a limit
}

// newWire carries the requests of a client of the SDK's configuration.
func newWire(client aws.HTTPClient) *wire {
	var buildable *awshttp.BuildableClient
	switch c := client.(type) {
	case *wire:
		client = c.client
	case *awshttp.BuildableClient:
		buildable = c
	case nil:
		buildable = awshttp.NewBuildableClient()
	}
	if buildable != nil {
		client = &http.Client{Transport: buildable.GetTransport(), Timeout: buildable.GetTimeout(),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return &wire{client: client, largest: largestAnswer}
}

// forRun is the wire with a limit for all answers together.
func (w *wire) forRun(most int64) *wire {
	run := &wire{client: w.client, largest: w.largest, left: new(atomic.Int64)}
	run.left.Store(most)
	return run
}

// Do sends the request and reads the answer.
func (w *wire) Do(r *http.Request) (*http.Response, error) {
	response, err := w.client.Do(r)
	if err != nil {
		return response, err
	}
	defer response.Body.Close()
	if to, err := response.Location(); err == nil && response.StatusCode/100 == 3 {
		return nil, &redirect{from: r.URL, to: to}
	}
	pieces, err := w.read(response)
	if err != nil {
		return nil, err
	}
	if keep, ok := r.Context().Value(bodyKey{}).(*[]byte); ok {
		*keep = bytes.Join(pieces, nil)
	}
	response.Body = io.NopCloser(&pieces)
	return response, nil
}

// read takes the answer in pieces: a buffer that grows would hold a multiple of
// the limit before the answer turns out to be too large.
func (w *wire) read(response *http.Response) (net.Buffers, error) {
	var pieces net.Buffers
	for total := int64(0); ; {
		piece, err := fill(response.Body, pieceSize(total, response.ContentLength))
		total += int64(len(piece))
		pieces = append(pieces, piece)
		switch {
		case total > w.largest:
			return nil, tooLarge{"the answer is", w.largest}
		case w.left != nil && w.left.Add(-int64(len(piece))) < 0:
			return nil, tooLarge{"the answers of this run together are", largestRun}
		case err == io.EOF:
			return pieces, nil
		case err != nil:
			return nil, err
		}
	}
}

// pieceSize is the size of the next piece of an answer: all of one that says its
// length and is small, and otherwise more the more there was.
func pieceSize(total, length int64) int64 {
	const smallest, largest = 1 << 10, 256 << 10
	return min(max(length-total+1, total, smallest), largest)
}

// fill reads until the piece is full; io.EOF means that the answer is whole.
func fill(r io.Reader, size int64) ([]byte, error) {
	piece := make([]byte, size)
	n := 0
	for n < len(piece) {
		m, err := r.Read(piece[n:])
		n += m
		if err != nil {
			return piece[:n], err
		}
	}
	return piece, nil
}

// bodyKey is the context's key for where to keep the answer as it came, *[]byte.
type bodyKey struct{}

// keepingBody lets a call have its answer also as it came.
func keepingBody(ctx context.Context, body *[]byte) context.Context {
	return context.WithValue(ctx, bodyKey{}, body)
}

// redirect is an answer that sends the caller elsewhere.
type redirect struct{ from, to *url.URL }

func (r *redirect) Error() string {
	if r.to.Host != r.from.Host {
		return "redirected to another host, " + r.to.Host + ", which is not followed"
	}
	return "redirected to another path, which is not followed"
}

// RetryableError tells the SDK that another try would end alike.
func (r *redirect) RetryableError() bool { return false }

// tooLarge is an answer beyond the limit.
type tooLarge struct {
	what string
	most int64 // bytes
}

func (t tooLarge) Error() string { return fmt.Sprintf("%s larger than %d MB", t.what, t.most>>20) }

// RetryableError tells the SDK that another try would end alike.
func (t tooLarge) RetryableError() bool { return false }
