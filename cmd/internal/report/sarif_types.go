package report

// The parts of SARIF 2.1.0 that a report uses, with the names of the standard:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
// A library of the whole standard would be 80 types of pointers for these.

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	AutomationDetails sarifAutomation   `json:"automationDetails"`
	Invocations       []sarifInvocation `json:"invocations"`
	ColumnKind        string            `json:"columnKind"`
	Results           []sarifResult     `json:"results"`
}

type sarifAutomation struct {
	ID string `json:"id"`
}

type sarifDriver struct {
	Name            string      `json:"name"`
	Version         string      `json:"version"`
	SemanticVersion string      `json:"semanticVersion"`
	Rules           []sarifRule `json:"rules,omitempty"`
	Notifications   []sarifKind `json:"notifications,omitempty"`
}

// sarifKind is a kind of notification.
type sarifKind struct {
	ID    string    `json:"id"`
	Short sarifText `json:"shortDescription"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifRule struct {
	ID         string              `json:"id"`
	Name       string              `json:"name"`
	Short      sarifText           `json:"shortDescription"`
	Full       sarifText           `json:"fullDescription"`
	Help       sarifText           `json:"help"`
	HelpURI    string              `json:"helpUri,omitempty"`
	Default    sarifDefault        `json:"defaultConfiguration"`
	Properties sarifRuleProperties `json:"properties"`
}

type sarifDefault struct {
	Level string `json:"level"`
}

type sarifRuleProperties struct {
	Tags      []string `json:"tags"`
	Precision string   `json:"precision"`
	Problem   string   `json:"problem.severity"`
	Security  string   `json:"security-severity,omitempty"`
}

type sarifInvocation struct {
	ExecutionSuccessful bool                `json:"executionSuccessful"`
	Notifications       []sarifNotification `json:"toolExecutionNotifications"`
}

type sarifNotification struct {
	Descriptor sarifReference    `json:"descriptor"`
	Level      string            `json:"level"`
	Message    sarifText         `json:"message"`
	Locations  []sarifLocation   `json:"locations,omitempty"`
	Properties map[string]string `json:"properties,omitempty"`
}

type sarifReference struct {
	ID string `json:"id"`
}

type sarifResult struct {
	RuleID        string                `json:"ruleId"`
	RuleIndex     int                   `json:"ruleIndex"`
	Level         string                `json:"level"`
	Message       sarifText             `json:"message"`
	Locations     []sarifLocation       `json:"locations"`
	Related       []sarifLocation       `json:"relatedLocations,omitempty"`
	Fingerprints  map[string]string     `json:"partialFingerprints"`
	BaselineState string                `json:"baselineState,omitempty"`
	Suppressions  []sarifSuppression    `json:"suppressions,omitempty"`
	Fixes         []sarifFix            `json:"fixes,omitempty"`
	Properties    sarifResultProperties `json:"properties"`
}

type sarifResultProperties struct {
	Method  string          `json:"method"`
	Stage   string          `json:"stage"`
	Verdict string          `json:"verdict"`
	Codes   []string        `json:"codes"`
	Fixes   []sarifProposal `json:"fixes,omitempty"`
}

// sarifProposal is a fix in words and commands, where the standard's own fix,
// which replaces characters of a file, cannot tell it.
type sarifProposal struct {
	Title     string   `json:"title"`
	Changes   []string `json:"changes"`
	Commands  []string `json:"commands"`
	NotEdited string   `json:"notEdited,omitempty"` // why it is not made in the template
}

type sarifFix struct {
	Description sarifText             `json:"description"`
	Changes     []sarifArtifactChange `json:"artifactChanges"`
}

type sarifArtifactChange struct {
	Artifact     sarifArtifactLocation `json:"artifactLocation"`
	Replacements []sarifReplacement    `json:"replacements"`
}

type sarifReplacement struct {
	Deleted  sarifSpan    `json:"deletedRegion"`
	Inserted sarifContent `json:"insertedContent"`
}

// sarifSpan is a piece of a file. Lines and columns begin with 1, columns count
// UTF-16 code units, and the end column is that behind the last character.
type sarifSpan struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

type sarifContent struct {
	Text string `json:"text"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

type sarifLocation struct {
	ID       int            `json:"id,omitempty"`
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	Message  *sarifText     `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifactLocation `json:"artifactLocation"`
	Region   sarifRegion           `json:"region"`
}

type sarifArtifactLocation struct {
	URI  string `json:"uri"`
	Base string `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	StartLine int `json:"startLine"`
}

type sarifLogical struct {
	FullyQualifiedName string `json:"fullyQualifiedName"`
	Kind               string `json:"kind"`
}
