//! Builds a store from an address and the environment's variables. Sends nothing.

use super::RemoteSettings;
use super::address::{Address, Scheme, is_this_machine};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::client::ReqwestConnector;
use object_store::client::{HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::http::HttpBuilder;
use object_store::{BackoffConfig, ClientOptions, HeaderValue, ObjectStore, RetryConfig};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Why there is no store.
pub enum NoStore {
    /// The endpoint of the environment is another machine, reached without protection.
    Unprotected(String),
    /// What the variables say can't be used.
    Other(object_store::Error),
}

impl From<object_store::Error> for NoStore {
    fn from(error: object_store::Error) -> Self {
        Self::Other(error)
    }
}

/// The store that holds `address`.
///
/// Without credentials in the variables, requests go unsigned: machines' own roles are asked for only where
/// `…_SKIP_SIGNATURE=false` says so, since asking takes seconds where there is none.
///
/// # Errors
/// See [`NoStore`].
pub fn store(address: &Address, settings: &RemoteSettings) -> Result<Arc<dyn ObjectStore>, NoStore> {
    let bucket = address.root.split_once("://").map_or("", |(_, bucket)| bucket);
    match address.scheme {
        Scheme::S3 => s3(bucket, settings),
        Scheme::Google => google(bucket, settings),
        Scheme::Azure => azure(bucket, settings),
        Scheme::Web => {
            let builder = HttpBuilder::new()
                .with_url(&address.root)
                .with_retry(retries(settings))
                .with_client_options(options(address.plain))
                .with_http_connector(Lengths);
            Ok(Arc::new(builder.build()?))
        }
    }
}

fn s3(bucket: &str, settings: &RemoteSettings) -> Result<Arc<dyn ObjectStore>, NoStore> {
    let endpoint = settings.get("AWS_ENDPOINT_URL_S3").or(settings.get("AWS_ENDPOINT_URL"));
    let plain = plain(endpoint.or(settings.get("AWS_ENDPOINT")), settings.get("AWS_ALLOW_HTTP"))?;
    let mut builder = AmazonS3Builder::new().with_client_options(options(plain)).with_retry(retries(settings));
    for (key, value) in named(settings, "aws_") {
        // Other programs have variables of these names too.
        if let Ok(key) = key.parse() {
            builder = builder.with_config(key, value);
        }
    }
    use AmazonS3ConfigKey as Key;
    let known = [
        Key::AccessKeyId,
        Key::SecretAccessKey,
        Key::WebIdentityTokenFile,
        Key::ContainerCredentialsRelativeUri,
        Key::ContainerCredentialsFullUri,
    ];
    if settings.get("AWS_SKIP_SIGNATURE").is_none() && known.iter().all(|k| builder.get_config_value(k).is_none()) {
        builder = builder.with_skip_signature(true);
    }
    Ok(Arc::new(builder.with_bucket_name(bucket).with_allow_http(plain).build()?))
}

fn google(bucket: &str, settings: &RemoteSettings) -> Result<Arc<dyn ObjectStore>, NoStore> {
    let plain = plain(settings.get("GOOGLE_BASE_URL"), None)?;
    let mut builder =
        GoogleCloudStorageBuilder::new().with_client_options(options(plain)).with_retry(retries(settings));
    for (key, value) in named(settings, "google_") {
        if let Ok(key) = key.parse() {
            builder = builder.with_config(key, value);
        }
    }
    use GoogleConfigKey as Key;
    let known = [Key::ServiceAccount, Key::ServiceAccountKey, Key::ApplicationCredentials];
    if settings.get("GOOGLE_SKIP_SIGNATURE").is_none() && known.iter().all(|k| builder.get_config_value(k).is_none()) {
        builder = builder.with_skip_signature(true);
    }
    Ok(Arc::new(builder.with_bucket_name(bucket).build()?))
}

fn azure(container: &str, settings: &RemoteSettings) -> Result<Arc<dyn ObjectStore>, NoStore> {
    let endpoint = settings.get("AZURE_STORAGE_ENDPOINT").or(settings.get("AZURE_ENDPOINT"));
    let plain = plain(endpoint, settings.get("AZURE_ALLOW_HTTP"))?;
    let mut builder = MicrosoftAzureBuilder::new().with_client_options(options(plain)).with_retry(retries(settings));
    for (key, value) in named(settings, "azure_") {
        if let Ok(key) = key.parse() {
            builder = builder.with_config(key, value);
        }
    }
    use AzureConfigKey as Key;
    let known = [Key::AccessKey, Key::SasKey, Key::Token, Key::ClientId, Key::FederatedTokenFile, Key::MsiEndpoint];
    let own = ["AZURE_SKIP_SIGNATURE", "AZURE_USE_AZURE_CLI", "AZURE_STORAGE_USE_EMULATOR"];
    if own.iter().all(|n| settings.get(n).is_none()) && known.iter().all(|k| builder.get_config_value(k).is_none()) {
        builder = builder.with_skip_signature(true);
    }
    Ok(Arc::new(builder.with_container_name(container).build()?))
}

/// The variables with that beginning, names in small letters.
fn named<'a>(settings: &'a RemoteSettings, prefix: &'a str) -> impl Iterator<Item = (String, &'a str)> {
    let lower = settings.variables.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.as_str()));
    lower.filter(move |(name, value)| name.starts_with(prefix) && !value.is_empty())
}

/// True where the endpoint is reached without protection: on this machine, or since the variables allow it.
fn plain(endpoint: Option<&str>, allowed: Option<&str>) -> Result<bool, NoStore> {
    let Some(url) = endpoint.and_then(|e| Url::parse(e).ok()).filter(|u| u.scheme() == "http") else {
        return Ok(false);
    };
    if is_this_machine(&url) || allowed.is_some_and(|a| matches!(a.to_ascii_lowercase().as_str(), "true" | "1")) {
        return Ok(true);
    }
    Err(NoStore::Unprotected(url.host_str().unwrap_or_default().to_owned()))
}

fn options(plain: bool) -> ClientOptions {
    // How long a server may be silent is measured step by step, so that a large object may take its time.
    ClientOptions::new().with_allow_http(plain).with_timeout_disabled().with_connect_timeout(Duration::from_secs(10))
}

fn retries(settings: &RemoteSettings) -> RetryConfig {
    RetryConfig { backoff: BackoffConfig::default(), max_retries: settings.retries, retry_timeout: settings.patience }
}

/// The length that stands for one that the server doesn't say.
pub const UNKNOWN_LENGTH: u64 = u64::MAX;

/// Web servers may leave a file's length out where they send it in chunks, whose end is marked; `object_store` wants one.
#[derive(Debug)]
struct Lengths;

impl HttpConnector for Lengths {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(WithLength(ReqwestConnector::default().connect(options)?)))
    }
}

#[derive(Debug)]
struct WithLength(HttpClient);

type Answered<'a> = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'a>>;

impl HttpService for WithLength {
    fn call<'a, 'b>(&'a self, request: HttpRequest) -> Answered<'b>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(async move {
            let mut answer = self.0.execute(request).await?;
            let headers = answer.headers_mut();
            let chunked =
                headers.get("transfer-encoding").is_some_and(|v| v.as_bytes().eq_ignore_ascii_case(b"chunked"));
            if chunked && !headers.contains_key("content-length") {
                headers.insert("content-length", HeaderValue::from(UNKNOWN_LENGTH));
            }
            Ok(answer)
        })
    }
}
