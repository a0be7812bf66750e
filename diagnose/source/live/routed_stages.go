package live

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
)

// stageFacts puts the stages together with their deployments and what they run.
func (r *routedReader) stageFacts() snapshot.Fact[[]snapshot.Stage] {
	stages := r.stages.wait()
	if stages.failure != nil {
		return unknown[[]snapshot.Stage](stages.failure, r.at("stages"))
	}
	out := []snapshot.Stage{}
	for _, s := range stages.value {
		name, id := aws.ToString(s.StageName), aws.ToString(s.DeploymentId)
		at := r.at("stages", name)
		stage := snapshot.Stage{
			Name: name, Origin: at,
			DeploymentID:          snapshot.Known(id, at.At("deploymentId")),
			Variables:             snapshot.Known(nonNil(s.StageVariables), at.At("stageVariables")),
			Canary:                snapshot.Known[*snapshot.Canary](nil, at), // H69
			AutoDeploy:            aws.ToBool(s.AutoDeploy),
			LastDeploymentMessage: snapshot.Known(aws.ToString(s.LastDeploymentStatusMessage), at.At("lastDeploymentStatusMessage")),
			Settings:              snapshot.Known(routeSettings(s, at), at.At("routeSettings")),
			AccessLog:             snapshot.Known[*snapshot.AccessLog](nil, at.At("accessLogSettings")),
			WebACL:                snapshot.Known("", at), // H69
		}
		if log := s.AccessLogSettings; log != nil && aws.ToString(log.DestinationArn) != "" {
			stage.AccessLog = stage.AccessLog.With(&snapshot.AccessLog{Destination: *log.DestinationArn, Format: aws.ToString(log.Format)})
		}
		stage.DeploymentStatus, stage.DeployedAt = r.deployment(id, at)
		stage.Deployed = r.deployed(stage)
		out = append(out, stage)
	}
	return snapshot.Known(out, r.at("stages"))
}

// deployment gives the status and the day of a deployment.
func (r *routedReader) deployment(id string, at snapshot.Origin) (status snapshot.Fact[string], date string) {
	at = at.At("deploymentId")
	if id == "" {
		return snapshot.Known("", at), ""
	}
	at = r.at("deployments", id)
	deployments := r.deployments.wait()
	if deployments.failure != nil {
		return unknown[string](deployments.failure, at), ""
	}
	for _, d := range deployments.value {
		if aws.ToString(d.DeploymentId) != id {
			continue
		}
		if d.DeploymentStatus == "" {
			break
		}
		return snapshot.Known(string(d.DeploymentStatus), at.At("deploymentStatus")), day(d.CreatedDate)
	}
	return snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Failed, Detail: "GetDeployments did not give the status of deployment " + id, Origin: at}), ""
}

// deployed is what a stage runs. Of an HTTP API an export shows it (H83). Of a
// WebSocket API nothing does, but a stage that deploys by itself, and whose last
// deployment succeeded, runs the draft (H63).
func (r *routedReader) deployed(stage snapshot.Stage) snapshot.Fact[snapshot.Configuration] {
	at := stage.Origin
	notRead := func(why string) snapshot.Fact[snapshot.Configuration] {
		return snapshot.Unknown[snapshot.Configuration](snapshot.Gap{Reason: snapshot.NotRead, Detail: why, Origin: at})
	}
	switch {
	case value(stage.DeploymentID) == "":
		return notRead("the stage has no deployment")
	case r.typ() == snapshot.HTTP:
		return r.exported(stage.Name)
	case stage.AutoDeploy && !stage.DeploymentStatus.IsKnown():
		return snapshot.Unknown[snapshot.Configuration](stage.DeploymentStatus.Gap())
	case stage.AutoDeploy && value(stage.DeploymentStatus) == string(types.DeploymentStatusDeployed) && wentWell(value(stage.LastDeploymentMessage)):
		return r.draft.wait()
	case stage.AutoDeploy:
		return notRead("the last deployment did not succeed, and AWS has no call that shows what a stage of a WebSocket API runs")
	}
	return notRead("AWS has no call that shows what a stage of a WebSocket API runs")
}

// wentWell tells whether the message is of a deployment that succeeded. A failing
// one leaves the stage at the one before (H65).
func wentWell(message string) bool {
	return message == "" || strings.HasPrefix(message, "Successfully")
}

// routedLogs tells whether a WebSocket API's stage writes execution or access logs.
func routedLogs(s types.Stage) bool {
	on := func(in types.RouteSettings) bool {
		return in.LoggingLevel != "" && in.LoggingLevel != types.LoggingLevelOff
	}
	if s.AccessLogSettings != nil || s.DefaultRouteSettings != nil && on(*s.DefaultRouteSettings) {
		return true
	}
	for _, settings := range s.RouteSettings {
		if on(settings) {
			return true
		}
	}
	return false
}

// routeSettings are the logging and throttling of a stage by route key.
func routeSettings(s types.Stage, at snapshot.Origin) map[string]snapshot.MethodSettings {
	out := map[string]snapshot.MethodSettings{}
	add := func(key string, in types.RouteSettings, at snapshot.Origin) {
		settings := snapshot.MethodSettings{LoggingLevel: string(in.LoggingLevel), DataTrace: aws.ToBool(in.DataTraceEnabled),
			Metrics: aws.ToBool(in.DetailedMetricsEnabled), ThrottleRate: in.ThrottlingRateLimit, Origin: at}
		if in.ThrottlingBurstLimit != nil {
			burst := int(*in.ThrottlingBurstLimit)
			settings.ThrottleBurst = &burst
		}
		out[key] = settings
	}
	if s.DefaultRouteSettings != nil {
		add(snapshot.AllMethods, *s.DefaultRouteSettings, at.At("defaultRouteSettings"))
	}
	for key, settings := range s.RouteSettings {
		add(key, settings, at.At("routeSettings['"+key+"']"))
	}
	return out
}
