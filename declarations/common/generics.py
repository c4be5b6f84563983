"""Django's generic base classes with a type parameter, which only the type checker accepts."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
    ModelChoiceField = forms.ModelChoiceField[Any]
else:
    ModelAdmin, ModelForm, ModelChoiceField = admin.ModelAdmin, forms.ModelForm, forms.ModelChoiceField
