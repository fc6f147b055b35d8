{{- define "diagnose.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "diagnose.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "diagnose.labels" -}}
{{ include "diagnose.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "diagnose.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "diagnose.refusals" -}}
{{- $secret := list "SENTRY_TOKEN" "GITHUB_TOKEN" "GITHUB_APP_KEY" "ELASTICSEARCH_API_KEY" "ELASTICSEARCH_PASSWORD" "SLACK_BOT_TOKEN" "SLACK_APP_TOKEN" "SLACK_SIGNING_SECRET" "DIAGNOSE_DATABASE_URL" }}
{{- $ours := list "DIAGNOSE_REPLICA" "DIAGNOSE_DATA" "DIAGNOSE_HOST" "DIAGNOSE_PORT" "DIAGNOSE_METRICS_PORT" "DIAGNOSE_CONFIG" }}
{{- range $name, $value := .Values.settings }}
{{- if has $name $secret }}
{{- fail (printf "settings.%s is a secret: put it into the Secret that existingSecret names, under that key" $name) }}
{{- end }}
{{- if has $name $ours }}
{{- fail (printf "settings.%s is set by the chart itself: leave it out (diagnose.toml goes into mapping)" $name) }}
{{- end }}
{{- end }}
{{- if not .Values.existingSecret }}
{{- fail "existingSecret is empty: make a Secret with SENTRY_TOKEN, SLACK_BOT_TOKEN and the others that values.yaml names, and give its name here" }}
{{- end }}
{{- if and (eq .Values.database "sqlite") (gt (int .Values.replicas) 1) }}
{{- fail (printf "database is sqlite, which is one file on one volume, but replicas is %d: set replicas to 1, or database to postgresql with DIAGNOSE_DATABASE_URL in the Secret" (int .Values.replicas)) }}
{{- end }}
{{- end }}
