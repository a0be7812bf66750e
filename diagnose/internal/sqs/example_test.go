package sqs

import "fmt"

// A template that leaves the client's body unencoded, and a body with an '&'.
func ExampleRecognize() {
	c := Recognize(&Request{
		Method: "POST", Path: "/123456789012/orders", Region: "us-east-1",
		Header: Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"application/json"}},
		Body:   []byte(`Action=SendMessage&MessageBody={"company":"Smith & Sons"}`),
	})
	fmt.Println(c.Failure.Status, c.Failure.Code, c.Failure.Cause == StrayAmpersand)
	fmt.Println(c.Failure.Message)
	fmt.Println("meant:", c.Intended.Call.Messages()[0].Body)
	// Output:
	// 403 AccessDenied true
	// Access to the resource https://sqs.us-east-1.amazonaws.com/123456789012/orders is denied.
	// meant: {"company":"Smith & Sons"}
}

// Facts that are not known leave the verdict open instead of healthy.
func ExampleCall_Check() {
	c := Recognize(&Request{
		Method: "GET", Path: "/123456789012/orders.fifo", Region: "us-east-1",
		RawQuery: "Action=SendMessage&MessageBody=hello&MessageGroupId=g1",
	})
	v := c.Check(Queue{Exists: Yes})
	fmt.Println(v.Answer == nil, v.Passed(), v.Unknown[0].Detail)
	// Output: true false queue attribute ContentBasedDeduplication
}
