// Package live reads a deployed API and what it leads to from AWS: the API, its
// stages, what each stage really runs, and the roles, queues and keys of the
// methods that lead to SQS. It only reads.
package live

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/logging"
)

// Settings is the SDK's configuration, for callers that do not know the SDK.
type Settings = aws.Config

// ConfigOptions are the settings that the command line may give. Everything
// else, such as AWS_CA_BUNDLE, SSO or a proxy, is the SDK's own configuration.
type ConfigOptions struct {
	Region      string // empty: from the environment or the profile
	Profile     string // empty: AWS_PROFILE or default
	EndpointURL string // one endpoint for all services; empty: AWS_ENDPOINT_URL or the real ones
}

// maxAttempts is how often a call that fails is tried when AWS_MAX_ATTEMPTS does
// not say. A throttled one is tried as long as its time allows: the control
// plane's quota is shared with every other tool of the account.
const maxAttempts = 6

// maxBackoff keeps six tries within the time that one call may take.
const maxBackoff = 4 * time.Second

// Config loads the SDK configuration. The error is an *Error.
func Config(ctx context.Context, o ConfigOptions) (aws.Config, error) {
	// The SDK's own log lines would stand in the middle of the progress.
	load := []func(*config.LoadOptions) error{config.WithLogger(logging.Nop{})}
	if o.Region != "" {
		load = append(load, config.WithRegion(o.Region))
	}
	if o.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(o.Profile))
	}
	if o.EndpointURL != "" {
		if u, err := url.Parse(o.EndpointURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return aws.Config{}, &Error{Kind: BadSettings,
				Message: "the endpoint URL " + quote(o.EndpointURL) + " is not an http or https URL",
				Suggest: "give it as https://host[:port]"}
		}
		load = append(load, config.WithBaseEndpoint(o.EndpointURL))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		var profile config.SharedConfigProfileNotExistError
		if errors.As(err, &profile) {
			return aws.Config{}, &Error{Kind: BadSettings, Err: err,
				Message: "the AWS configuration has no profile " + quote(profile.Profile),
				Suggest: "see the profiles with: aws configure list-profiles"}
		}
		return aws.Config{}, &Error{Kind: BadSettings, Err: err,
			Message: "the AWS configuration cannot be used: " + err.Error(),
			Suggest: "check ~/.aws/config and the AWS_* variables"}
	}
	if o.EndpointURL != "" {
		// A flag beats the environment: without its sources the configuration has
		// no AWS_ENDPOINT_URL_<SERVICE> and no AWS_IGNORE_CONFIGURED_ENDPOINT_URLS.
		cfg.BaseEndpoint, cfg.ConfigSources = aws.String(o.EndpointURL), nil
	}
	if cfg.RetryMode == "" || cfg.RetryMode == aws.RetryModeAdaptive {
		cfg.Retryer = adaptive(cfg.RetryMaxAttempts)
	}
	cfg.HTTPClient = newWire(cfg.HTTPClient)
	return cfg, nil
}

// Loopback is the configuration for an AWS of ours on this machine, which takes
// any credentials. Nothing of the user's own configuration is read.
func Loopback(endpointURL, region string) aws.Config {
	return aws.Config{
		Region:       region,
		BaseEndpoint: aws.String(endpointURL),
		Credentials:  credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "example", ""),
		Retryer:      adaptive(0),
		HTTPClient:   newWire(nil),
		Logger:       logging.Nop{},
	}
}

// adaptive makes the SDK's adaptive retryer, which slows down when AWS
// throttles. A host that does not exist, refuses the connection or is not
// trusted is not tried again: it is a wrong region, endpoint or certificate
// bundle, and the user waits for that answer.
func adaptive(attempts int) func() aws.Retryer {
	return func() aws.Retryer {
		mode := retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
			o.StandardOptions = append(o.StandardOptions, func(so *retry.StandardOptions) {
				so.MaxAttempts = attempts
				so.MaxBackoff = maxBackoff
				so.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(hopeless)}, so.Retryables...)
			})
		})
		if attempts == 0 {
			return patient{mode, maxAttempts}
		}
		return mode
	}
}

func hopeless(err error) aws.Ternary {
	var dns *net.DNSError
	var untrusted *tls.CertificateVerificationError
	if errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &dns) && dns.IsNotFound || errors.As(err, &untrusted) {
		return aws.FalseTernary
	}
	return aws.UnknownTernary
}
