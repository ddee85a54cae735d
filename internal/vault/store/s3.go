package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	gcaws "gocloud.dev/aws"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"
)

// s3Bucket puts an object in one request straight from the caller's bytes. gocloud's own uploader copies them, and leaves
// the parts of an upload that was cut off where no listing shows them.
type s3Bucket struct {
	cloud
	client *s3.Client
	put    s3.PutObjectInput // what all puts have in common
	prefix string
}

func openS3(ctx context.Context, name string, options url.Values, prefix string) (Bucket, error) {
	settings, err := takeS3Settings(options)
	if err != nil {
		return nil, err
	}
	config, err := gcaws.V2ConfigFromURLParams(ctx, options)
	if err != nil {
		return nil, err
	}
	if config.Region == "" && settings.endpoint == nil {
		return nil, errors.New("no region: add ?region= or set AWS_REGION")
	}
	client := s3.NewFromConfig(config, settings.apply)
	encryption := s3blob.Options{
		EncryptionType: settings.encryption, KMSEncryptionID: settings.encryptionKey,
		RequestChecksumCalculation: config.RequestChecksumCalculation,
	}
	bucket, err := s3blob.OpenBucket(ctx, client, name, &encryption)
	if err != nil {
		return nil, err
	}
	put := s3.PutObjectInput{Bucket: &name, ContentType: aws.String(contentType), ServerSideEncryption: settings.encryption}
	if settings.encryptionKey != "" {
		put.SSEKMSKeyId = &settings.encryptionKey
	}
	return s3Bucket{cloud: cloud{bucket: blob.PrefixedBucket(bucket, prefix)}, client: client, put: put, prefix: prefix}, nil
}

func (b s3Bucket) Put(ctx context.Context, key string, content []byte) error {
	put := b.put
	put.Key, put.Body, put.ContentLength = aws.String(b.prefix+key), bytes.NewReader(content), aws.Int64(int64(len(content)))
	_, err := b.client.PutObject(ctx, &put)
	return told(err)
}

// Delete does not look first whether the object is there, as gocloud does: S3 deletes what is missing without a word.
func (b s3Bucket) Delete(ctx context.Context, key string) error {
	_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b.put.Bucket, Key: aws.String(b.prefix + key)})
	return told(err)
}

// s3Settings are the options of an s3:// URL that gocloud does not read the way we need them.
type s3Settings struct {
	endpoint      *string
	pathStyle     bool
	accelerate    bool
	encryption    types.ServerSideEncryption
	encryptionKey string
}

func takeS3Settings(options url.Values) (s3Settings, error) {
	take := func(option string) string {
		value := options.Get(option)
		options.Del(option)
		return value
	}
	settings := s3Settings{encryption: types.ServerSideEncryption(take("ssetype")), encryptionKey: take("kmskeyid")}
	if endpoint := take("endpoint"); endpoint != "" {
		parsed, err := url.Parse(endpoint)
		if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
			return settings, fmt.Errorf("endpoint=%s is no http:// or https:// address", endpoint)
		}
		settings.endpoint = &endpoint
	}
	// Other stores than Amazon's rarely have a name for each bucket.
	settings.pathStyle = settings.endpoint != nil
	for option, into := range map[string]*bool{"use_path_style": &settings.pathStyle, "accelerate": &settings.accelerate} {
		if value := take(option); value != "" {
			var err error
			if *into, err = strconv.ParseBool(value); err != nil {
				return settings, fmt.Errorf("%s=%s is neither true nor false", option, value)
			}
		}
	}
	// The address of the requests says who signs for their content; not every store knows the newer checksums.
	for _, option := range []string{"request_checksum_calculation", "response_checksum_validation"} {
		if options.Get(option) == "" {
			options.Set(option, "when_required")
		}
	}
	return settings, nil
}

func (s s3Settings) apply(options *s3.Options) {
	// The URL alone says where the store is. AWS_ENDPOINT_URL points at slipher itself when somebody is testing it.
	options.BaseEndpoint = s.endpoint
	if options.Region == "" {
		options.Region = "us-east-1" // what other stores than Amazon's expect in a signature
	}
	options.UsePathStyle, options.UseAccelerate = s.pathStyle, s.accelerate
	// Retrying tries again, and knows when to give up.
	options.Retryer = aws.NopRetryer{}
}
