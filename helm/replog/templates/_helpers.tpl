{{/* The name of all objects: the release's, unless it is named otherwise. */}}
{{- define "replog.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What never changes in a release's life; selectors are made of it. */}}
{{- define "replog.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "replog.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "replog.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: replog
{{- end -}}

{{/* Where secondaries are found under their own names. */}}
{{- define "replog.headless" -}}{{ include "replog.fullname" . }}-headless{{- end -}}

{{- define "replog.secondary" -}}{{ include "replog.fullname" . }}-secondary{{- end -}}

{{/* The ConfigMap in which the program writes which cluster this is; not the chart's. */}}
{{- define "replog.record" -}}{{ include "replog.fullname" . }}-cluster{{- end -}}

{{- define "replog.master.serviceAccount" -}}
{{- if .Values.serviceAccount.name -}}
{{- .Values.serviceAccount.name -}}
{{- else if .Values.serviceAccount.create -}}
{{- include "replog.fullname" . }}-master
{{- else -}}
default
{{- end -}}
{{- end -}}

{{- define "replog.secondary.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}{{ include "replog.secondary" . }}{{- else -}}default{{- end -}}
{{- end -}}

{{- define "replog.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{/* Whether the master's log is on a claim: a claim serves one pod. */}}
{{- define "replog.master.claim" -}}
{{- if and .Values.master.persistence.enabled (eq (int .Values.master.replicaCount) 1) -}}true{{- end -}}
{{- end -}}

{{/* What the schema cannot say; rendered by the first template that is read. */}}
{{- define "replog.check" -}}
{{- $copies := add1 (int .Values.secondaries.replicaCount) -}}
{{- $default := toString .Values.writeConcern.default -}}
{{- if and (regexMatch "^[0-9]+$" $default) (not .Values.secondaries.autoscaling.enabled) (gt (int $default) (int $copies)) -}}
{{- fail (printf "writeConcern.default: %s copies are more than there are: 1 master and secondaries.replicaCount=%d" $default (int .Values.secondaries.replicaCount)) -}}
{{- end -}}
{{- if and .Values.secondaries.autoscaling.enabled (gt (int .Values.secondaries.autoscaling.minReplicas) (int .Values.secondaries.autoscaling.maxReplicas)) -}}
{{- fail "secondaries.autoscaling.minReplicas: must not be above maxReplicas" -}}
{{- end -}}
{{- if ne (empty .Values.evidence.existingSecret) (empty .Values.evidence.ringConfigMap) -}}
{{- fail "evidence: existingSecret goes with ringConfigMap; a node signs only what the others can check" -}}
{{- end -}}
{{- if .Values.evidence.existingSecret -}}
{{- if gt (int .Values.master.replicaCount) 1 -}}
{{- fail "evidence.existingSecret: needs master.replicaCount=1; with more a master has the name of its pod, for which nobody can make a key beforehand" -}}
{{- end -}}
{{- if .Values.secondaries.autoscaling.enabled -}}
{{- fail "evidence.existingSecret: does not go with secondaries.autoscaling; the nodes that have keys are the same for the cluster's life" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "replog.scheme" -}}{{ ternary "https" "http" (not (empty .Values.tls.existingSecret)) }}{{- end -}}

{{/* What a command needs to be let in, beside the mounts. */}}
{{- define "replog.clientEnv" -}}
{{- if .Values.auth.existingSecret }}
- name: REPLOG_TOKEN_FILE
  value: /etc/replog/auth/client-token
{{- end }}
{{- if .Values.tls.existingSecret }}
- name: REPLOG_TLS_CA_FILE
  value: /etc/replog/tls/ca.crt
{{- end }}
{{- end -}}

{{/* The Secrets of auth and tls, as directories: a mounted file alone would never change. */}}
{{- define "replog.trustMounts" -}}
{{- if .Values.auth.existingSecret }}
- name: auth
  mountPath: /etc/replog/auth
  readOnly: true
{{- end }}
{{- if .Values.tls.existingSecret }}
- name: tls
  mountPath: /etc/replog/tls
  readOnly: true
{{- end }}
{{- end -}}

{{- define "replog.trustVolumes" -}}
{{- with .Values.auth.existingSecret }}
- name: auth
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- with .Values.tls.existingSecret }}
- name: tls
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- end -}}

{{/*
The keys of evidence. A pod's template is the same for all pods of its kind, so they share a volume;
by its id each is shown one file of it, its own key, and no other.
*/}}
{{- define "replog.evidenceMounts" -}}
{{- if .Values.evidence.existingSecret -}}
- name: evidence-ring
  mountPath: /etc/replog/evidence/ring
  readOnly: true
- name: evidence-keys
  mountPath: /etc/replog/evidence/node.key
  subPathExpr: $(REPLOG_ID).key
  readOnly: true
{{- end -}}
{{- end -}}

{{- define "replog.evidenceVolumes" -}}
{{- if .Values.evidence.existingSecret -}}
- name: evidence-ring
  configMap:
    name: {{ .Values.evidence.ringConfigMap }}
- name: evidence-keys
  secret:
    secretName: {{ .Values.evidence.existingSecret }}
    defaultMode: 0440
{{- end -}}
{{- end -}}

{{/* The restricted Pod Security Standard, and a root file system that nobody writes to. */}}
{{- define "replog.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "replog.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Settings that every node has. */}}
{{- define "replog.env" -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: REPLOG_HOST
  value: "0.0.0.0"
- name: REPLOG_PORT
  value: "8080"
- name: REPLOG_DATA
  value: /data
- name: REPLOG_WRITE_CONCERN_DEFAULT
  value: {{ toString .Values.writeConcern.default | quote }}
- name: REPLOG_WRITE_CONCERN_JOURNAL
  value: {{ .Values.writeConcern.journal | quote }}
- name: REPLOG_QUORUM_APPEND_ENABLED
  value: {{ .Values.quorumAppend.enabled | quote }}
- name: REPLOG_FAULTS_ENABLED
  value: {{ .Values.faults.enabled | quote }}
{{- if .Values.auth.existingSecret }}
- name: REPLOG_AUTH_TOKENS_FILE
  value: /etc/replog/auth/tokens
- name: REPLOG_CLUSTER_SECRET_FILE
  value: /etc/replog/auth/cluster-secret
- name: REPLOG_AUTH_OPEN_METRICS
  value: {{ .Values.auth.openMetrics | quote }}
{{- end }}
{{- if .Values.tls.existingSecret }}
- name: REPLOG_TLS_CERTIFICATE_FILE
  value: /etc/replog/tls/tls.crt
- name: REPLOG_TLS_KEY_FILE
  value: /etc/replog/tls/tls.key
# pods are found by address, for which no certificate is
- name: REPLOG_TLS_PEER_NAMES
  value: "false"
{{- end }}
{{- if .Values.evidence.existingSecret }}
- name: REPLOG_EVIDENCE_RING
  value: /etc/replog/evidence/ring
- name: REPLOG_EVIDENCE_KEY_FILE
  value: /etc/replog/evidence/node.key
{{- end }}
{{- with include "replog.clientEnv" . | trim }}
{{ . }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
Startup: it answers at all, so its log was read. Liveness: its own threads work; never a matter of
peers. Readiness: a secondary has caught up since its start; a master is active or passes on to the
one that is.
*/}}
{{- define "replog.probes" -}}
startupProbe:
  httpGet:
    path: /health/liveness
    port: http
    {{- if .Values.tls.existingSecret }}
    scheme: HTTPS
    {{- end }}
  periodSeconds: 1
  timeoutSeconds: 5
  failureThreshold: {{ int .Values.startupProbe.failureThreshold }}
livenessProbe:
  httpGet:
    path: /health/liveness
    port: http
    {{- if .Values.tls.existingSecret }}
    scheme: HTTPS
    {{- end }}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet:
    path: /health/readiness
    port: http
    {{- if .Values.tls.existingSecret }}
    scheme: HTTPS
    {{- end }}
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 3
# Requests that are on their way when the pod is told to stop still find it, while Services forget it.
lifecycle:
  preStop:
    exec:
      command: [sleep, "2"]
{{- end -}}

{{/* Pods of the release keep off each other's nodes, whatever they are: each holds a copy of the log. */}}
{{- define "replog.placement" -}}
{{- if ne .Values.antiAffinity "none" -}}
affinity:
  podAntiAffinity:
    {{- if eq .Values.antiAffinity "hard" }}
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "replog.selectorLabels" . | nindent 12 }}
    {{- else }}
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "replog.selectorLabels" . | nindent 14 }}
    {{- end }}
{{ end -}}
topologySpreadConstraints:
  {{- with .Values.topologySpreadConstraints }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "replog.selectorLabels" . | nindent 8 }}
  {{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
