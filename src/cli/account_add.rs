//! `account add`: meets an account's server and only then writes it down. A token
//! that is typed goes into a file of its own, never into the settings.

use std::io::{IsTerminal, Read};

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::config::file::{Account, ProviderKind};
use crate::config::{is_account_name, read_account};
use crate::model::direct::Introduction;
use crate::model::ids::AccountName;
use crate::model::sign_in::{SignIn, TokenSource, looks_like_token};
use crate::model::system::{AuthScheme, BodyStyle, DueAfter, PercentScale, Special};
use crate::providers::http::{Site, Token};
use crate::run::adding::{keep_token, token_file, with_account};
use crate::run::assemble::{Ground, Options};
use crate::run::direct;

use super::account;
use super::args::{AccountAdd, Global, Scale, Scheme, Style, System};
use super::failure::Failure;
use super::print::Out;
use super::{Ended, ask, json as schema, masked};

/// Variables the provider's own command-line program reads.
const THEIR_TOKEN: &str = "OPERATELY_API_TOKEN";
const THEIR_URL: &str = "OPERATELY_BASE_URL";

/// Bytes of a token from stdin.
const LARGEST: u64 = 64 * 1024;

/// Where the token is: the account's own source, and the token itself if it was
/// given here and now.
struct Given {
    source: TokenSource,
    token: Option<SecretString>,
}

/// `account add`
pub fn add(out: &mut Out, global: &Global, args: &AccountAdd) -> Ended {
    let name = args.name.trim();
    let what = format!("account {name}");
    let (options, ground, text) = account::ground(global, &what)?;
    if !is_account_name(name) {
        let why = "it should be a word of letters, digits, - and _";
        return Err(Failure::usage("--name", why, "write it like --name work").into());
    }
    let known = ground.loaded.config.accounts.iter();
    let known = known.clone().find(|one| one.name.as_str() == name);
    let kind = match args.provider {
        System::Local => None,
        System::Operately => Some(ProviderKind::Operately),
        System::Quantive => Some(ProviderKind::Quantive),
        System::ClickUp => Some(ProviderKind::ClickUp),
        System::AchieveIt => Some(ProviderKind::AchieveIt),
    };
    check_special(args, kind)?;
    if let Some(kind) = kind {
        check_known(global, known, kind)?;
        let known = known.map(|known| known.special.clone());
        let special = special(args, known.unwrap_or_default());
        return remote_account(out, global, args, (kind, special), &options, &ground, &text);
    }
    let account = local(args, known)?;
    let longer = with_account(&options, &ground, &text, &account)
        .map_err(|why| account::unwritable(&what, &why))?;
    account::write(&ground, &what, &longer)?;
    said(out, &ground, &account, None)
}

/// Refuses what accounts of this system do not have, and tokens in place of names.
fn check_special(args: &AccountAdd, kind: Option<ProviderKind>) -> Result<(), Failure> {
    let (clickup, quantive) = (Some(ProviderKind::ClickUp), Some(ProviderKind::Quantive));
    let achieveit = Some(ProviderKind::AchieveIt);
    let of = |kinds: &[Option<ProviderKind>]| kinds.contains(&kind);
    let flags = [
        ("--workspace", args.workspace.is_some(), of(&[clickup])),
        ("--account-id", args.account_id.is_some(), of(&[quantive])),
        (
            "--me",
            args.me.is_some(),
            of(&[clickup, quantive, achieveit]),
        ),
        ("--plan", !args.plans.is_empty(), of(&[achieveit])),
        ("--items-file", args.items_file.is_some(), of(&[achieveit])),
        ("--auth-scheme", args.auth_scheme.is_some(), of(&[clickup])),
        (
            "--percent-scale",
            args.percent_scale.is_some(),
            of(&[clickup]),
        ),
        ("--completed", args.completed, of(&[clickup])),
        ("--body-style", args.body_style.is_some(), of(&[quantive])),
        ("--due-after", args.due_after.is_some(), of(&[quantive])),
    ];
    if let Some((flag, ..)) = flags.iter().find(|(_, given, fits)| *given && !fits) {
        let system = kind.map_or("a local account", ProviderKind::name);
        let why = format!("{system} has no such setting");
        return Err(Failure::usage(*flag, why, "leave it out"));
    }
    let named = [
        ("--name", Some(&args.name)),
        ("--workspace", args.workspace.as_ref()),
        ("--account-id", args.account_id.as_ref()),
        ("--me", args.me.as_ref()),
    ];
    let is_token =
        |(_, text): &(&str, Option<&String>)| text.is_some_and(|text| looks_like_token(text));
    if let Some((flag, _)) = named.into_iter().find(is_token) {
        let why = "that looks like a token, which others could see here";
        let remedy =
            "make a new token, and give it by --token-env, --token-command or --token-file";
        return Err(Failure::usage(flag, why, remedy));
    }
    Ok(())
}

/// What only accounts of this system say: the flags, and what is not given as it was.
fn special(args: &AccountAdd, known: Special) -> Special {
    let id = args.workspace.as_ref().or(args.account_id.as_ref());
    let text = |text: &String| text.trim().to_owned();
    Special {
        workspace: id.map(text).or(known.workspace),
        me: args.me.as_ref().map(text).or(known.me),
        auth_scheme: args
            .auth_scheme
            .map_or(known.auth_scheme, |scheme| match scheme {
                Scheme::Auto => AuthScheme::Auto,
                Scheme::Bearer => AuthScheme::Bearer,
                Scheme::Raw => AuthScheme::Raw,
            }),
        percent_scale: args
            .percent_scale
            .map_or(known.percent_scale, |scale| match scale {
                Scale::Auto => PercentScale::Auto,
                Scale::Percent => PercentScale::Percent,
                Scale::Fraction => PercentScale::Fraction,
            }),
        completed: args.completed || known.completed,
        due_after: args.due_after.map_or(known.due_after, DueAfter),
        body_style: args
            .body_style
            .map_or(known.body_style, |style| match style {
                Style::Bare => BodyStyle::Bare,
                Style::Wrapped => BodyStyle::Wrapped,
            }),
        plans: match args.plans.is_empty() {
            true => known.plans,
            false => args.plans.iter().map(text).collect(),
        },
        items_file: args
            .items_file
            .as_ref()
            .map(|file| absolute(file))
            .or(known.items_file),
    }
}

/// A workspace on this machine has no server.
fn local(args: &AccountAdd, known: Option<&Account>) -> Result<Account, Failure> {
    let flags = [
        ("--url", args.url.is_some()),
        ("--token-env", args.token_env.is_some()),
        ("--token-command", args.token_command.is_some()),
        ("--token-file", args.token_file.is_some()),
        ("--token-keyring", args.token_keyring),
        ("--ca-file", args.ca_file.is_some()),
        ("--insecure", args.insecure),
    ];
    if let Some((flag, _)) = flags.into_iter().find(|(_, is_given)| *is_given) {
        return Err(Failure::usage(
            flag,
            "a local account has no server",
            "leave it out",
        ));
    }
    if let Some(known) = known {
        return Err(Failure::refused(
            format!("account {}", known.name),
            "it is there already",
            "choose another name",
        ));
    }
    Ok(Account::local(args.name.trim()))
}

/// An account that is there may get another way to sign in, but no other system.
fn check_known(
    global: &Global,
    known: Option<&Account>,
    kind: ProviderKind,
) -> Result<(), Failure> {
    match known {
        None => Ok(()),
        Some(known) if known.provider == kind => {
            let name = &known.name;
            ask::is_sure(
                global,
                &crate::shown!("{name} is there already: sign in there in another way?"),
            )
        }
        Some(known) => Err(Failure::refused(
            format!("account {}", known.name),
            format!("it is there already, of {}", known.provider.name()),
            "choose another name",
        )),
    }
}

fn remote_account(
    out: &mut Out,
    global: &Global,
    args: &AccountAdd,
    (kind, special): (ProviderKind, Special),
    options: &Options,
    ground: &Ground,
    text: &str,
) -> Ended {
    let name = args.name.trim();
    let what = format!("account {name}");
    let url = url(args, kind, ground)?;
    // Before a token is asked for: it would be for nothing.
    Site::parse(&url, args.insecure).map_err(|fault| {
        let mut failure = Failure::of("--url", &fault);
        (failure.code, failure.exit) = ("usage", 2);
        failure
    })?;
    let given = given(args, kind, global, ground, &url)?;
    let mut account = Account::remote(
        kind,
        SignIn {
            account: AccountName::new(name),
            url,
            token: given.source.clone(),
            ca_file: args.ca_file.as_ref().map(|file| absolute(file)),
            insecure: args.insecure,
        },
    );
    account.special = special;
    let met = if args.no_test {
        None
    } else {
        Some(met(options, ground, &account, given.token.as_ref())?)
    };
    // Where it cannot be added the token need not lie around.
    let longer = with_account(options, ground, text, &account)
        .map_err(|why| account::unwritable(&what, &why))?;
    if let Some(token) = &given.token {
        keep_token(ground, name, token.expose_secret())
            .map_err(|fault| Failure::of("token", &fault))?;
    }
    account::write(ground, &what, &longer)?;
    said(out, ground, &account, met)
}

/// The address by flag, else where the system usually is; of Operately by the
/// variable of its own program, since many have a server of their own.
fn url(args: &AccountAdd, kind: ProviderKind, ground: &Ground) -> Result<String, Failure> {
    let usual = || match kind {
        ProviderKind::Operately => ground.environment.text(THEIR_URL),
        kind => kind.usual_url().map(str::to_owned),
    };
    let url = args.url.clone().or_else(usual);
    url.map(|url| url.trim().to_owned()).ok_or_else(|| {
        Failure::usage(
            "--url",
            "it is missing",
            "write it like --url https://app.operately.com",
        )
    })
}

/// Paths on the command line are from here, those in the file from its folder.
fn absolute(file: &std::path::Path) -> std::path::PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned())
}

/// Where the token is by flags, by the variable of the provider's own program if
/// the person agrees, or as it is typed.
fn given(
    args: &AccountAdd,
    kind: ProviderKind,
    global: &Global,
    ground: &Ground,
    url: &str,
) -> Result<Given, Failure> {
    let from = |source| {
        Ok(Given {
            source,
            token: None,
        })
    };
    let typed = |token: SecretString| {
        Token::new(token.expose_secret()).map_err(|fault| Failure::of("token", &fault))?;
        Ok(Given {
            source: TokenSource::File(token_file(args.name.trim())),
            token: Some(token),
        })
    };
    if let Some(name) = &args.token_env {
        let name = read_account::variable(name)
            .map_err(|wanted| Failure::usage("--token-env", format!("it {wanted}"), ""))?;
        return from(TokenSource::Env(name));
    }
    if let Some(line) = &args.token_command {
        let words = read_account::command(line)
            .map_err(|wanted| Failure::usage("--token-command", format!("it {wanted}"), ""))?;
        return from(TokenSource::Command(words));
    }
    match &args.token_file {
        Some(file) if file == std::path::Path::new("-") => return typed(from_stdin()?),
        Some(file) if looks_like_token(&file.to_string_lossy()) => {
            let why = "it should be the name of a file that holds the token";
            return Err(Failure::usage(
                "--token-file",
                why,
                "give - to read the token from stdin",
            ));
        }
        Some(file) => return from(TokenSource::File(absolute(file))),
        None => {}
    }
    if args.token_keyring {
        return from(TokenSource::Keyring(AccountName::new(args.name.trim())));
    }
    let is_theirs = kind == ProviderKind::Operately
        && ground.environment.get(THEIR_TOKEN).is_some()
        && is_their_site(ground, url);
    let can_ask = std::io::stdin().is_terminal() && !global.json;
    if is_theirs && (global.yes || can_ask) {
        let question = crate::shown!("{THEIR_TOKEN} is set: take the token from there?");
        if global.yes || ask::agrees(&question) {
            return from(TokenSource::Env(THEIR_TOKEN.to_owned()));
        }
    }
    if can_ask {
        let what = match kind {
            ProviderKind::AchieveIt => "API key",
            _ => "Token",
        };
        let prompt = crate::shown!("{what} for {url} (it is not shown): ");
        return typed(masked::read(&prompt)?);
    }
    let remedy = if is_theirs {
        "add --token-env OPERATELY_API_TOKEN to use the one that is set"
    } else {
        "add --token-env NAME, --token-command COMMAND, --token-file FILE or --token-keyring"
    };
    Err(Failure::usage("token", "nothing says where it is", remedy))
}

/// A token in the environment is for the address beside it, and for no other.
fn is_their_site(ground: &Ground, url: &str) -> bool {
    let origin = |url: &str| Site::parse(url, true).ok().map(|site| site.origin());
    match ground.environment.text(THEIR_URL) {
        Some(theirs) => origin(&theirs) == origin(url),
        None => true,
    }
}

fn from_stdin() -> Result<SecretString, Failure> {
    let mut text = Zeroizing::new(String::with_capacity(4096));
    std::io::stdin()
        .lock()
        .take(LARGEST)
        .read_to_string(&mut text)
        .map_err(|_| Failure::failed("token", "stdin cannot be read as text", ""))?;
    Ok(SecretString::from(text.trim().to_owned()))
}

/// Meets the server with the token as it was given.
fn met(
    options: &Options,
    ground: &Ground,
    account: &Account,
    token: Option<&SecretString>,
) -> Result<Introduction, Failure> {
    let token = token
        .map(|token| Token::new(token.expose_secret()))
        .transpose();
    let name = account.name.to_string();
    token
        .and_then(|token| direct::introduce_new(options, ground, account, token))
        .map_err(|fault| {
            let mut failure = Failure::of(name, &fault);
            failure.lines.push(
                "nothing was written; --no-test adds the account without trying it".to_owned(),
            );
            failure
        })
}

fn said(out: &mut Out, ground: &Ground, account: &Account, met: Option<Introduction>) -> Ended {
    let file = ground.paths.config_file.display();
    if out.is_json {
        let met = met.unwrap_or_default();
        let mut value = account::introduction_as_json(account, &met);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("config".to_owned(), json!(file.to_string()));
        }
        return Ok(out.json(&schema::object("account", value))?);
    }
    if let Some(met) = &met {
        account::say_introduction(out, account, met)?;
    }
    Ok(out.note(&crate::shown!("{} is in {file} now", account.name))?)
}
