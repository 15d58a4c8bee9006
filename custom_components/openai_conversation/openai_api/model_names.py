"""What a model is made for, by its name. `/models` lists names and nothing else."""

from collections.abc import Callable
import re


def base_name(model: str) -> str:
    """Return the base of a fine-tuned model ("ft:base:…"). Any other model is its own base."""
    return model.removeprefix("ft:").partition(":")[0]


_CHAT = re.compile(r"^(gpt-|o\d|chat-latest)")
_OTHER_PURPOSE = re.compile(
    r"audio|realtime|live|transcribe|tts|whisper|image|dall-e|sora|embed|moderation|search-preview"
    r"|rerank|search-api|computer-use|instruct|davinci|babbage|deep-research|codex|cyber|rosalind|daybreak|law"
)


def is_chat_model(model: str) -> bool:
    """Whether a model of OpenAI's is for conversations."""
    return bool(_CHAT.search(base_name(model))) and not is_other_purpose(model)


def is_other_purpose(model: str) -> bool:
    """Whether a model is for something other than conversations."""
    return bool(_OTHER_PURPOSE.search(base_name(model)))


def is_image_model(model: str) -> bool:
    """Whether a model generates images."""
    return "image" in model or model.startswith("dall-e")


def is_stt_model(model: str) -> bool:
    """Whether a model transcribes speech."""
    return bool(re.search("transcribe|whisper", model))


def is_tts_model(model: str) -> bool:
    """Whether a model speaks text."""
    return bool(re.search(r"tts|^gpt-realtime-2\.1", model))


def is_for_other_purpose(model: str, is_right: Callable[[str], bool]) -> bool:
    """Whether a model is made for something other than what `is_right` asks for."""
    kinds = (is_chat_model, is_other_purpose, is_image_model, is_stt_model, is_tts_model)
    return not is_right(model) and any(kind(model) for kind in kinds)
